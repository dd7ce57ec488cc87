"""Time is counted once, for the step that spends it."""

from __future__ import annotations

from collections.abc import Iterator
from time import sleep

import pytest

from pipeline.progress import Steps


def slow(count: int, seconds: float) -> Iterator[int]:
    for index in range(count):
        sleep(seconds)
        yield index


def test_a_step_pays_for_itself_and_not_for_what_it_pulls() -> None:
    told: list[tuple[str, float]] = []
    steps = Steps(lambda step, share: told.append((step, share)))
    with steps.step("decode"):
        sleep(0.02)
    with steps.within("encode"):
        frames = steps.each("animate", slow(4, 0.02), 4, then="finish")
        checked = steps.each("finish", (frame for frame in frames), then="encode")
        for _ in checked:
            sleep(0.005)
    assert steps.seconds["decode"] == pytest.approx(0.02, abs=0.015)
    assert steps.seconds["animate"] == pytest.approx(0.08, abs=0.03)
    assert steps.seconds["finish"] < 0.02
    assert steps.seconds["encode"] == pytest.approx(0.02, abs=0.015)
    assert told[:2] == [("decode", 0.0), ("decode", 1.0)]
    assert [share for step, share in told if step == "animate"] == [0.25, 0.5, 0.75, 1, 1]
    assert told[-3:] == [("finish", 0.0), ("finish", 1.0), ("encode", 0.0)]


def test_an_error_ends_the_step_and_passes() -> None:
    steps = Steps(lambda step, share: None)
    with pytest.raises(KeyError), steps.step("faces"):
        raise KeyError
    with steps.step("motion"):
        pass
    assert set(steps.seconds) == {"faces", "motion"}
