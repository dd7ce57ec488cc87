"""What the tables of both queues have in common: how a row becomes a job, how a job ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Protocol

from skill.jobs.model import Job, JobState
from skill.jobs.wishes import load_wish

LAST: Final = 20  # measured jobs that the estimate looks at
SEEN: Final = 60.0  # seconds since a worker asked that it counts as there
TELL: Final = 10.0  # seconds between two notes that a worker is there: each is a write to the disk


class Row(Protocol):
    """A row of the table of jobs, by column."""

    def __getitem__(self, column: str, /) -> Any: ...


def to_job(row: Row, *, shared: bool = False) -> Job:
    """`shared`: another job still needs the photo, so that this one has none to delete."""
    return Job(
        id=row["id"],
        user=row["user"],
        source="" if shared else row["source"],
        wish=load_wish(row["wish"]),
        state=JobState(row["state"]),
        step=row["step"],
        share=row["share"],
        reason=row["reason"],
        results=tuple((name, key) for name, key in json.loads(row["results"])),
        attempts=row["attempts"],
        created=row["created"],
        updated=row["updated"],
        expires=row["expires"],
        digest=row["digest"],
    )


def ending(results: Sequence[tuple[str, str]], refused: str, failed: str) -> JobState:
    """The state in which a job ends; ValueError unless it is exactly one of the three."""
    if sum(map(bool, (results, refused, failed))) != 1:
        raise ValueError("a job ends with results, a refusal or a failure: exactly one of them")
    return JobState.DONE if results else JobState.REFUSED if refused else JobState.FAILED
