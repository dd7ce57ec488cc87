"""Limits of the queue: how many jobs may wait, and whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_HOUSEHOLD_USERS: Final = 2
"""Users of whose jobs a household may have as many waiting as they may have together."""


class QueueError(Exception):
    """A job that the queue does not take; the message says what to do next and holds nothing of a job."""


class QueueFullError(QueueError):
    """More is waiting than the limit allows."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """Estimated seconds until there is room again."""
        super().__init__(f"the queue is full, try again in {seconds:.0f} s")


class TooManyJobsError(QueueError):
    """More jobs of one user are waiting than he may have."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """Estimated seconds until there is room again."""
        super().__init__(f"this user has enough jobs waiting, try again in {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class WaitingJobs:
    """The jobs that wait when another is asked for, as a queue counts them."""

    total: int
    """All of them."""
    of_user: int
    """Those of the user who asks."""
    of_household: int
    """Those of the household that asks; 0 where an assistant vouches for the user."""
    of_households: int
    """Those of all households."""


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """The most jobs that may wait. Half of the places are kept for users whom an assistant vouches for: of others,
    anybody can make as many as he likes."""

    total: int
    """Of all users."""
    user: int | None = None
    """Of one user; None for as many as there is room."""

    def check(self, waiting: WaitingJobs, household: str, seconds: float) -> None:
        """Check whether there is room for one more.

        Args:
            waiting: the jobs that wait.
            household: of the user who asks; empty where an assistant vouches for him.
            seconds: estimated until there is room again.

        Raises:
            QueueFullError, TooManyJobsError: there is none.
        """
        if self.user is not None:
            if waiting.of_user >= self.user:
                raise TooManyJobsError(seconds)
            if household and waiting.of_household >= _HOUSEHOLD_USERS * self.user:
                raise TooManyJobsError(seconds)
        if waiting.total >= self.total or (household and waiting.of_households >= max(1, self.total // 2)):
            raise QueueFullError(seconds)
