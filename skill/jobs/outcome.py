"""How an attempt at a job ended, and the function that makes one."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from pipeline.run import Wish
from pipeline.steps import OnStep

Animate = Callable[[Path, Wish, Path, OnStep], list[tuple[str, Path]]]  # (photo, wish, out, on_step) → (format, file)


@dataclass(frozen=True, slots=True)
class Made:
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
class Hindered:
    """Not the job's fault, so that it waits and the attempt is not counted: a full disk, a store that is down."""

    where: str


Outcome = Made | Refused | Failed | Hindered


def failure(error: BaseException) -> Failed | Hindered:
    """What an unexpected error says of the job."""
    if isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}:
        return Hindered(where(error))
    return Failed("error", again=True, where=where(error))


def where(error: BaseException) -> str:
    """Type of the error and the last line that it passed; its message may hold a path."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
