"""How long a new job would wait, from how long the last ones took."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from statistics import median
from typing import Final

FIRST_GUESS: Final = 10.0  # seconds of a job while none was measured; DESIGN.md's first number for a CPU


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
