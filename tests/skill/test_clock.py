"""A clock that jumps is not believed at once, one that was set is in the end."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from skill.clock import SteadyClock, steady_time
from tests.fake_clock import FakeClock

HOURS = 3600.0


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.wall, self.elapsed = FakeClock(), FakeClock(5.0)
        self.clock = SteadyClock(self.wall, self.elapsed)

    def advance(self, seconds: float) -> None:
        self.wall.advance(seconds)
        self.elapsed.advance(seconds)


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine()
    with capture_logs():
        yield machine


@pytest.mark.parametrize("jump", [30 * HOURS, -30 * HOURS, 60.0])
def test_a_jump_that_does_not_last_is_not_seen(machine: Machine, jump: float) -> None:
    for _ in range(20):
        before = machine.clock()
        machine.wall.advance(jump)
        for _ in range(36):
            machine.advance(1)
            machine.clock()
        machine.wall.advance(-jump)
        machine.advance(1)
        assert machine.clock() == pytest.approx(before + 37)
        machine.advance(600)


@pytest.mark.parametrize("jump", [30 * HOURS, -30 * HOURS])
def test_a_clock_that_stays_is_believed_after_a_quarter_of_an_hour(machine: Machine, jump: float) -> None:
    before = machine.clock()
    machine.wall.advance(jump)
    machine.clock()
    machine.advance(899)
    assert machine.clock() == pytest.approx(before + 899)
    machine.advance(2)
    assert machine.clock() == machine.wall.now
    machine.advance(1)
    assert machine.clock() == machine.wall.now


def test_a_second_jump_has_to_last_for_itself(machine: Machine) -> None:
    before = machine.clock()
    for _ in range(10):
        machine.wall.advance(HOURS)
        machine.clock()
        machine.advance(600)
        assert machine.clock() < before + 6001


def test_small_corrections_count_at_once(machine: Machine) -> None:
    for seconds in (1.0, -2.0, 29.0, -29.0):
        machine.wall.advance(seconds)
        assert machine.clock() == machine.wall.now


def test_a_jump_is_logged_once_a_minute(machine: Machine) -> None:
    with capture_logs() as lines:
        machine.wall.advance(30 * HOURS)
        for _ in range(100):
            machine.clock()
    assert [(line["event"], line["seconds"]) for line in lines] == [("clock_jumped", 30 * HOURS)]


def test_it_is_the_time_of_day() -> None:
    assert steady_time() == pytest.approx(time.time(), abs=1)
