"""Time is counted once, for the step that spends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline import progress
from pipeline.progress import SHARES, Step, StepTimer, overall


def test_a_step_pays_for_itself_and_not_for_what_it_pulls(monkeypatch: pytest.MonkeyPatch) -> None:
    reported, now = list[tuple[str, float]](), 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    def slow(count: int, seconds: float) -> Iterator[int]:
        for index in range(count):
            sleep(seconds)
            yield index

    monkeypatch.setattr(progress, "perf_counter", lambda: now)
    timer = StepTimer(lambda step, share: reported.append((step, share)))
    with timer.step(Step.DECODE):
        sleep(0.02)
    with timer.within(Step.ENCODE):
        frames = timer.each(Step.ANIMATE, slow(4, 0.02), 4, then=Step.FINISH)
        checked = timer.each(Step.FINISH, (frame for frame in frames), then=Step.ENCODE)
        for _ in checked:
            sleep(0.005)
    assert timer.seconds["decode"] == pytest.approx(0.02)
    assert timer.seconds["animate"] == pytest.approx(0.08)
    assert timer.seconds["finish"] == pytest.approx(0.0)
    assert timer.seconds["encode"] == pytest.approx(0.02)
    assert reported[:2] == [("decode", 0.0), ("decode", 1.0)]
    assert [share for step, share in reported if step == "animate"] == [0.25, 0.5, 0.75, 1, 1]
    assert reported[-3:] == [("finish", 0.0), ("finish", 1.0), ("encode", 0.0)]


def test_an_error_ends_the_step_and_passes() -> None:
    timer = StepTimer(lambda step, share: None)
    with pytest.raises(KeyError), timer.step(Step.FACES):
        raise KeyError
    with timer.step(Step.MOTION):
        pass
    assert set(timer.seconds) == {"faces", "motion"}


def test_shares_of_the_steps_make_a_whole() -> None:
    assert set(SHARES) == set(Step)
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert [str(step) for step in Step] == [
        "decode", "faces", "filters", "restore", "motion", "animate", "finish", "encode",
    ]  # fmt: skip


def test_a_run_never_goes_back() -> None:
    places = [overall(step, share) for step in Step for share in (-1.0, 0.0, 0.5, 1.0, 2.0)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0.0, pytest.approx(1.0))
    assert overall(Step.FACES, 0.5) == pytest.approx(SHARES[Step.DECODE] + 0.5 * SHARES[Step.FACES])


def test_names_are_reported_as_plain_strings() -> None:
    reported: list[str] = []
    with StepTimer(lambda step, share: reported.append(step)).step(Step.DECODE):
        pass
    assert [type(step) for step in reported] == [str, str]
