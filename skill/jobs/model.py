"""What a job is and which states it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipeline.run import Wish

# Refusals that are questions, and how many seconds a photo waits for the answer
QUESTIONS: Final = frozenset({"several_faces", "child.appeal", "child.archive"})
ANSWER_SECONDS: Final = 900.0


class JobState(StrEnum):
    """waiting → running → done | refused | failed, then deleted; running → waiting when a worker is lost."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    DELETED = "deleted"

    @property
    def ended(self) -> bool:
        return self not in {JobState.WAITING, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class Job:
    """One wish on one photo.

    `id`: unguessable, URL-safe. `user`: an opaque key of who asked, never a name. `source`: the media key of the photo,
    empty when it is deleted. `step`, `share`: where a running job is (step of pipeline.run.STEPS, 0..1). `reason`: a
    refusal's or failure's code. `results`: format → media key. `attempts`: how often a worker began. `created`,
    `updated`, `expires`: seconds since 1970. `digest`: of the photo's bytes.
    """

    id: str
    user: str
    source: str
    wish: Wish
    state: JobState
    step: str = ""
    share: float = 0.0
    reason: str = ""
    results: tuple[tuple[str, str], ...] = ()
    attempts: int = 0
    created: float = 0.0
    updated: float = 0.0
    expires: float = 0.0
    digest: str = ""

    def asks(self, now: float) -> bool:
        """Whether it ended with a question that may still be answered; the photo waits for that."""
        return self.state is JobState.REFUSED and self.reason in QUESTIONS and now - self.updated < ANSWER_SECONDS
