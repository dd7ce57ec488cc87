"""How full the graphics cards are, asked of a program that is, or is not, there."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from skill.web.metrics import GpuMemory, ask, read
from tests.fake_clock import FakeClock

SAID = "0, 1234, 143771\n1, [N/A], [N/A]\nNo devices were found\n2, 0, 143771\n"


def program(folder: Path, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An nvidia-smi that is the only program there is."""
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{lines}", encoding="ascii")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def told(collector: GpuMemory) -> str:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry).decode()


def test_cards_are_read_and_those_that_do_not_tell_are_left_out() -> None:
    assert read(SAID) == (("0", 1234 * 2**20, 143771 * 2**20), ("2", 0, 143771 * 2**20))
    assert read("") == ()


def test_the_program_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask() == ()
    program(tmp_path, "echo NVIDIA-SMI has failed; exit 9", monkeypatch)
    assert ask() == ()
    program(tmp_path, 'echo "$1" | while read -r asked; do echo "3, 5, ${#asked}"; done', monkeypatch)
    assert ask() == (("3", 5 * 2**20, 42 * 2**20),)  # the letters of the question


def test_it_is_asked_once_a_minute() -> None:
    asked, clock = [], FakeClock()

    def cards() -> tuple[tuple[str, float, float], ...]:
        asked.append(clock.now)
        return (("0", 1.0 * len(asked), 9.0),)

    collector = GpuMemory(cards, clock)
    for clock.now in (0.0, 30.0, 59.0):
        assert 'ozhivi_gpu_memory_used_bytes{gpu="0"} 1.0' in told(collector)
    clock.now = 60.0
    text = told(collector)
    assert 'ozhivi_gpu_memory_used_bytes{gpu="0"} 2.0' in text and 'ozhivi_gpu_memory_bytes{gpu="0"} 9.0' in text
    assert asked == [0.0, 60.0]


def test_where_there_is_none_there_is_no_line() -> None:
    assert told(GpuMemory(tuple)) == ""
