"""How long a job waits and takes, from how long the last ones took."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

FIRST_GUESS: Final = 10.0  # seconds of a job while none was measured; the bar that a CPU had to hold

LEAST: Final = 1.0  # seconds that a job is said to need however long it has been running


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds from now until a job begins and until it has ended; 0.0 for what is past."""

    begins: float
    ends: float


def usual(durations: Sequence[float]) -> float:
    """Seconds a job takes: the median, so that one giant photo does not frighten everybody after it."""
    return median(durations) if durations else FIRST_GUESS


def wait(waiting: int, elapsed: Sequence[float], workers: int, seconds: float) -> float:
    """Seconds until one more job would begin.

    `waiting`: jobs before it. `elapsed`: seconds since each running job began. `workers`: how many there are, at least
    those that run something. `seconds`: what a job takes.
    """
    free = [max(0.0, seconds - since) for since in elapsed]
    free += [0.0] * (max(workers, 1) - len(free))
    heapq.heapify(free)
    for _ in range(waiting):
        heapq.heapreplace(free, free[0] + seconds)
    return free[0]


def running(elapsed: float, seconds: float) -> Estimate:
    """Of a job that began `elapsed` seconds ago, where one takes `seconds`."""
    return Estimate(0.0, max(LEAST, seconds - elapsed))


def queued(ahead: int, elapsed: Sequence[float], workers: int, seconds: float) -> Estimate:
    """Of a job with `ahead` others before it; the rest as in `wait`."""
    begins = wait(ahead, elapsed, workers, seconds)
    return Estimate(begins, begins + seconds)
