"""The load of turns: a real service in a process of its own."""

from __future__ import annotations

import sys

import pytest

from skill.bench.dialog import Figures, Turned, described, measure

COMMAND = (sys.executable, "-m", "tests.skill.dialog.serve_echo_dialog")


def test_every_turn_is_answered_also_while_the_files_are_locked() -> None:
    figures = measure(20, 9, freeze=True, command=COMMAND)
    assert len(figures.turns) == 180
    assert figures.errors == ()
    assert len(figures.frozen) > 50
    assert max(figures.frozen) < 3
    told = dict(described(figures))
    assert told["errors"] == "0"
    assert "p99" in told


def test_a_service_that_does_not_open_is_told() -> None:
    with pytest.raises(RuntimeError, match="did not open"):
        measure(1, 1, command=(sys.executable, "-c", "import sys; sys.exit('no')"))


def test_latency_counts_from_when_a_turn_was_due() -> None:
    figures = Figures(
        2, [Turned(number / 100, number / 100, "status 500" if number == 7 else "") for number in range(100)]
    )
    assert (figures.percentile(0.5), figures.percentile(0.99)) == (0.5, 0.99)
    assert figures.errors == ("status 500",)
