"""Many equal lines are one a minute, with a count."""

from __future__ import annotations

from structlog.testing import capture_logs

from skill import rare_log
from skill.rare_log import RareLines
from tests.fake_clock import FakeClock


def test_one_line_a_minute_with_a_count() -> None:
    clock = FakeClock()
    lines = RareLines(clock=clock)
    with capture_logs() as logged:
        for _ in range(100):
            lines.warn("full", where="door")
        clock.now += 60
        lines.warn("full", where="door")
        clock.now += 60
        lines.warn("full", where="door")
    assert [line["times"] for line in logged] == [1, 100, 1]
    assert {(line["event"], line["where"], line["log_level"]) for line in logged} == {("full", "door", "warning")}


def test_some_may_be_written_before_they_are_counted() -> None:
    clock = FakeClock()
    lines = RareLines(most=3, clock=clock)
    assert [lines.take("a") for _ in range(10)] == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    clock.now += 60
    assert [lines.take("a") for _ in range(4)] == [8, 1, 1, 0]


def test_different_lines_do_not_hide_each_other() -> None:
    lines = RareLines()
    assert [lines.take(line) for line in ("a", "b", "a")] == [1, 1, 0]


def test_strangers_can_t_fill_the_memory() -> None:
    lines = RareLines(clock=FakeClock())
    for number in range(100_000):
        lines.take(number)
    assert len(lines._windows) <= rare_log._MOST
