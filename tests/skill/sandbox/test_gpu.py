"""The driver's devices, which have to be there before a process may start nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.sandbox import gpu
from skill.sandbox.access import Access


def test_without_a_driver_nothing_is_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu, "_DRIVER", tmp_path / "missing")
    assert gpu.open_gpu() == Access()


def test_the_helper_of_the_driver_makes_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    helper, made = tmp_path / "nvidia-modprobe", tmp_path / "made"
    helper.write_text(f"#!/bin/sh\necho $@ > {made}\n")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(gpu, "_DRIVER", tmp_path)
    monkeypatch.setattr(gpu, "_MEMORY", tmp_path / "nvidia-uvm")
    assert gpu.open_gpu() == Access(writable=(tmp_path / ".nv",))
    assert made.read_text() == "-c 0 -u\n"
    assert (tmp_path / ".nv").is_dir()
    made.unlink()
    (tmp_path / "nvidia-uvm").touch()
    gpu.open_gpu()
    assert not made.exists()
