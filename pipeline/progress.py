"""Progress of a run: its steps in their order, the seconds of each, and how much of the whole is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from time import perf_counter
from types import MappingProxyType
from typing import TypeVar

OnStep = Callable[[str, float], None]
"""Called with a step's name and the share of the step that is done, 0..1."""
_Item = TypeVar("_Item")


class Step(StrEnum):
    """The steps of a run, in their order; RESTORE only where a restoration is wished for."""

    DECODE = "decode"
    FACES = "faces"
    FILTERS = "filters"
    RESTORE = "restore"
    MOTION = "motion"
    ANIMATE = "animate"
    FINISH = "finish"
    ENCODE = "encode"


SHARES: Mapping[Step, float] = MappingProxyType(
    {
        Step.DECODE: 0.02,
        Step.FACES: 0.04,
        Step.FILTERS: 0.03,
        Step.RESTORE: 0.02,
        Step.MOTION: 0.01,
        Step.ANIMATE: 0.78,
        Step.FINISH: 0.01,
        Step.ENCODE: 0.09,
    }
)
"""Each step's share of a run's time; together 1. Measured on two processors, warm, clips of 4 s as MP4, GIF and poster:
a photo of 1280×960 pixels spends 0.20 of its time after the last frame, one of 2048×2560 about 0.09, and an MP4 alone
nearly nothing."""


def overall(step: Step, share: float) -> float:
    """The share of the whole run that is done, 0..1.

    Args:
        step: The step that the run is at.
        share: Share of this step that is done; what is outside 0..1 is clipped.
    """
    steps = list(Step)
    before = sum(SHARES[earlier] for earlier in steps[: steps.index(step)])
    return min(1.0, before + SHARES[step] * min(1.0, max(0.0, share)))


class StepTimer:
    """Own seconds of each step, without those of the steps inside it; reports to `on_step` how far each is."""

    def __init__(self, on_step: OnStep) -> None:
        self.seconds: dict[str, float] = {}
        """Own seconds by step's name, so far."""
        self._on_step = on_step
        self._running: list[Step] = []
        self._since = perf_counter()

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """A step that is done when its block is; 0 is reported before and 1 after."""
        self.report(step, 0.0)
        with self.within(step):
            yield
        self.report(step, 1.0)

    def report(self, step: Step, share: float) -> None:
        """Tell `on_step` that `share` (0..1) of a step is done."""
        self._on_step(step.value, share)

    def each(self, step: Step, items: Iterator[_Item], total: int | None = None, *, then: Step) -> Iterator[_Item]:
        """Hand on `items`; the time that it takes to make them is counted for `step`.

        Args:
            step: The step that makes the items; it is done after the last one.
            items: The items, made as they are pulled.
            total: Number of items; where it is given, progress is reported after each.
            then: The step that begins after the last item.
        """
        done = 0
        while True:
            with self.within(step):
                try:
                    item = next(items)
                except StopIteration:
                    break
            done += 1
            if total is not None:
                self.report(step, min(1.0, done / total))
            yield item
        self.report(step, 1.0)
        self.report(then, 0.0)

    @contextmanager
    def within(self, step: Step) -> Iterator[None]:
        """Count the block's time for `step`, and not for the step around it."""
        self._charge()
        self._running.append(step)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def _charge(self) -> None:
        now = perf_counter()
        if self._running:
            name = self._running[-1].value
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now
