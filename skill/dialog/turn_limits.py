"""Time limits of a turn: how long its answer and each part of it may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Seconds that a turn and its parts may take; those of the service fit into the shortest time of a platform."""

    answer: float = 2.5
    """From the message's first byte to the answer; Alice waits 4.5 s with the network, Salute 7 s."""
    facts: float = 0.7
    """For the user's jobs, the memory and the queue; without the first two the context is `down`."""
    details: float = 0.5
    """For estimates, tickets and pictures; without one of them the answer says less."""
    change: float = 0.6
    """For a change of the memory that the answer depends on."""
    extra: float = 0.4
    """For reading or changing the memory where the turn can do without: the platform keeps the state, too."""


PATIENT: TurnLimits = TurnLimits(answer=60.0, facts=60.0, details=60.0, change=60.0, extra=60.0)
"""Limits that a busy machine does not reach, for replaying what is not about time."""
