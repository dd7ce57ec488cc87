"""Estimates of how long a job waits and takes, from how long the last ones took."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple, Self

FIRST_GUESS: Final = 10.0
"""Seconds of a job while none was measured: the bar that a CPU had to hold."""
SHORTEST: Final = 1.0
"""Seconds that a running job is said to need still, however long it has been running."""
MEASURED_JOBS: Final = 20
"""Jobs that the estimate looks at, the last ones."""
WORKER_SEEN_SECONDS: Final = 60.0
"""Seconds since a worker's last sign of life after which it does not count."""
WORKER_NOTE_SECONDS: Final = 10.0
"""Seconds between two notes that a worker is there: each is a write to the disk."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The time that a job is expected to need."""

    begins: float
    """Seconds from now until the job begins; 0.0 once it has begun."""
    ends: float
    """Seconds from now until the job has ended; 0.0 once it has."""


class Backlog(NamedTuple):
    """The jobs that wait."""

    jobs: int
    """Number of them."""
    seconds: float
    """Seconds until one more would begin, estimated."""


@dataclass(frozen=True, slots=True)
class QueueSpeed:
    """The speed at which jobs are done now."""

    elapsed: Sequence[float]
    """Seconds since each running job began."""
    workers: int
    """Workers that were heard of lately; those that run something count in any case."""
    job_seconds: float
    """Seconds that a job takes."""

    @classmethod
    def from_durations(cls, elapsed: Sequence[float], workers: int, durations: Sequence[float]) -> Self:
        """The speed by the seconds that the last jobs took: their median, so that one giant photo does not frighten
        everybody after it."""
        return cls(elapsed, workers, median(durations) if durations else FIRST_GUESS)

    def wait(self, ahead: int) -> float:
        """Seconds until a job begins that has so many others before it."""
        free = [max(0.0, self.job_seconds - since) for since in self.elapsed]
        free += [0.0] * (max(self.workers, 1) - len(free))
        heapq.heapify(free)
        for _ in range(ahead):
            heapq.heapreplace(free, free[0] + self.job_seconds)
        return free[0]

    def backlog(self, waiting: int) -> Backlog:
        """The backlog of so many jobs."""
        return Backlog(waiting, self.wait(waiting))

    def queued(self, ahead: int) -> Estimate:
        """The estimate of a job that has so many others before it."""
        begins = self.wait(ahead)
        return Estimate(begins, begins + self.job_seconds)

    def running(self, elapsed: float) -> Estimate:
        """The estimate of a job that began so many seconds ago."""
        return Estimate(0.0, max(SHORTEST, self.job_seconds - elapsed))
