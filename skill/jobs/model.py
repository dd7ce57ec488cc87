"""What a job is and which states it goes through."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

from pipeline.progress import OnStep
from pipeline.run import Wish

Animate = Callable[[Path, Wish, Path, OnStep], list[tuple[str, Path]]]  # (photo, wish, out, on_step) → (format, file)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files, by format."""

    files: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The photo can't be animated; `reason`: of pipeline.errors.Reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """`reason`: "error", "crashed", "wish" or "source_gone". `again`: another attempt may go better. `where`: error's
    type and line of our code, for the log; never its message, which may hold a path."""

    reason: str
    again: bool
    where: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not the job's fault, so that it waits and the attempt is not counted: a full disk, a store that is down."""

    where: str


Outcome = Rendered | Refused | Failed | Deferred


def failure(error: BaseException) -> Failed | Deferred:
    """What an unexpected error says of the job."""
    if isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}:
        return Deferred(where(error))
    return Failed("error", again=True, where=where(error))


def where(error: BaseException) -> str:
    """Type of the error and the last line that it passed; its message may hold a path."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


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
