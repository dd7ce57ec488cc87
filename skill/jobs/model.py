"""The model of a job: its states, how an attempt at it may go, and how it may end."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final, Self

from pipeline.errors import Reason
from pipeline.limits import MOODS
from pipeline.progress import OnStep
from pipeline.run import Wish


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason for which a photo is not animated; stored and logged as "reason" or "reason.cause"."""

    reason: str
    """Of pipeline.errors.Reason; as text, since a queue may hold a reason of a later version."""
    cause: str = ""
    """Narrows the reason down, see filters.messages: "dark_glasses", "appeal"; empty where there is nothing to add."""

    def __post_init__(self) -> None:
        if not self.reason:
            raise ValueError("a refusal needs a reason")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The refusal of `str(refusal)`. Raises ValueError for an empty text."""
        reason, _, cause = text.partition(".")
        return cls(reason, cause)

    @property
    def asks_face(self) -> bool:
        """Whether it asks which of the faces is to move; a cause says why that could not be told."""
        return self.reason == Reason.SEVERAL_FACES

    @property
    def is_question(self) -> bool:
        """Whether an answer can undo it."""
        return self.asks_face or self in {CHILD_APPEAL, CHILD_ARCHIVE}

    def __str__(self) -> str:
        return f"{self.reason}.{self.cause}" if self.cause else self.reason


CHILD_APPEAL: Final = Refusal("child", "appeal")
"""A question: is the person, who may be of age, an adult?"""
CHILD_ARCHIVE: Final = Refusal("child", "archive")
"""A question: does the person consent to animating a child on an old photo?"""
ANSWER_SECONDS: Final = 900.0
"""Seconds that a photo waits for the answer to a refusal that is a question."""


LARGEST_FACES: Final = "largest_faces"
"""A remark: there are so many people on the photo that only the largest faces move."""
REMARKS: Final = frozenset({*MOODS, LARGEST_FACES})
"""All remarks; those of `pipeline.limits.MOODS` say why the photo chose its motion."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An attempt made files; they are not stored yet."""

    files: tuple[tuple[str, Path], ...]
    """(format, file) of each."""
    remark: str = ""
    """A note for the person about the clip, one of REMARKS."""
    restored: tuple[str, ...] = ()
    """What was restored on the photo, of `pipeline.limits.RESTORE_PARTS`; the files' credentials say so."""


Animate = Callable[[Path, Wish, Path, OnStep], Rendered]
"""(photo, wish, path of the clip without a suffix, hears of each step) → all that was rendered."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt, or a job, went wrong by our fault."""

    reason: str
    """"error", "crashed", "wish" or "source_gone"."""
    again: bool = False
    """Whether another attempt may go better."""
    where: str = ""
    """Type of the error and line of our code, for the log; never its message, which may hold a path."""

    def __post_init__(self) -> None:
        if not self.reason:
            raise ValueError("a failure needs a reason")


@dataclass(frozen=True, slots=True)
class Deferred:
    """An attempt went wrong by no fault of the job, which waits without being charged: a full disk, a store down."""

    where: str
    """Type of the error and line of our code, or "lost" or "stopped"; for the log."""


Outcome = Rendered | Refusal | Failed | Deferred
"""An attempt's result."""


@dataclass(frozen=True, slots=True)
class Done:
    """A job's end with files that are stored."""

    results: tuple[tuple[str, str], ...]
    """(format, media key) of each, at least one."""
    remark: str = ""
    """A note for the person about the clip, one of REMARKS."""

    def __post_init__(self) -> None:
        if not self.results:
            raise ValueError("a job that is done has results")


JobEnd = Done | Refusal | Failed
"""A job's result."""


def failure(error: BaseException) -> Failed | Deferred:
    """The outcome of an attempt that ended with an unexpected error."""
    if isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}:
        return Deferred(where(error))
    return Failed("error", again=True, where=where(error))


def where(error: BaseException) -> str:
    """Type of the error and the last line that it passed; its message may hold a path."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


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
    """One wish on one photo."""

    id: str
    """Unguessable, URL-safe."""
    user: str
    """An opaque key of whoever asked, never a name."""
    source: str
    """Media key of the photo, empty when it is deleted."""
    wish: Wish
    """Movement, face, size and formats that were asked for."""
    state: JobState
    """Where the job is on its way."""
    step: str = ""
    """Of a running job, one of pipeline.progress.Step; empty before the first."""
    share: float = 0.0
    """Part of the step that is done, 0..1."""
    reason: str = ""
    """Of a refused job its refusal as text, of a failed one the failure's reason, of one that is done its remark."""
    results: tuple[tuple[str, str], ...] = ()
    """(format, media key) of each file of a job that is done."""
    attempts: int = 0
    """Times that a worker began it, without those that were given back uncounted."""
    created: float = 0.0
    """Seconds since 1970: when it was asked for."""
    updated: float = 0.0
    """Seconds since 1970: when its row last changed."""
    expires: float = 0.0
    """Seconds since 1970: when it is deleted, or given up unless a worker has begun it."""
    digest: str = ""
    """Digest of the photo's bytes, by which the same photo is known again."""
    trace: str = ""
    """The `traceparent` of whoever asked for it, see skill.tracing.spans; empty where there were no traces."""

    @property
    def refusal(self) -> Refusal | None:
        """The refusal of a refused job; None in every other state."""
        return Refusal.parse(self.reason) if self.state is JobState.REFUSED else None

    @property
    def remark(self) -> str:
        """The remark on the clip, one of REMARKS; empty in every state but done."""
        return self.reason if self.state is JobState.DONE else ""

    def asks(self, now: float) -> bool:
        """Whether it ended with a question that may still be answered; the photo waits for that."""
        return self.refusal is not None and self.refusal.is_question and now - self.updated < ANSWER_SECONDS
