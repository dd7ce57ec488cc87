"""Values of the dialog's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """Wished for a photo before it came: gestures, which face (`select_faces`), and whether all on it are adults.
    `at`: when, since 1970; a job that was asked for later has had it."""

    gestures: tuple[str, ...] = ()
    face: str | None = None
    adult: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way for a photo to come. `token`, `code`: empty where our page was pushed. `at`, `until`: since 1970."""

    number: int
    session: str
    token: str
    code: str
    at: float
    until: float

    @property
    def digits(self) -> str:
        return self.code[-2:]


@dataclass(frozen=True, slots=True)
class Met:
    """A job that the dialog knows of. `session`: which one it belongs to. `root`: the first job on the same photo."""

    job: str
    session: str
    root: str
    invitation: int = 0
    digits: str = ""
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """Everything of a user. `consent`: the version agreed to, 0 for none. `talk`: of the session. `invitations`: the
    newest first. `jobs`: by id. `wrong`: wrong digits within an hour."""

    consent: int
    talk: Mapping[str, Any]
    wanted: Wanted
    invitations: tuple[Invitation, ...]
    jobs: Mapping[str, Met]
    wrong: int
