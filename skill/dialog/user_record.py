"""Record of a user: the values that the dialog's memory keeps of one, seen from one session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PendingWish:
    """A wish for a photo that has not come yet."""

    gestures: tuple[str, ...] = ()
    """Names of the gestures, in their order."""
    face: str | None = None
    """Which face to animate, as `pipeline.run.Wish.face`; None where nothing was said of it."""
    adult: bool = False
    """Whether the person says that everybody on the photo is of age."""
    at: float = 0.0
    """Seconds since 1970 when it was said; a job that was asked for later has had it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way for a photo to come: a link with a code, or our page pushed to the phone."""

    number: int
    """Row of the invitation; a newer one has a greater number."""
    session: str
    """Session in which it was given."""
    token: str
    """Secret of the upload link; empty where our page was pushed."""
    code: str
    """Six digits to type; empty where our page was pushed."""
    at: float
    """Seconds since 1970 when it was given."""
    until: float
    """Seconds since 1970 until when a photo may come by it."""

    @property
    def digits(self) -> str:
        """The code's last two digits, which prove that a photo is one's own."""
        return self.code[-2:]


@dataclass(frozen=True, slots=True)
class JobOrigin:
    """The conversation that a job came from."""

    job: str
    """Id of the job."""
    session: str
    """Session in which its photo was invited; empty where that is unknown."""
    root: str
    """Id of the first job on the same photo."""
    invitation: int = 0
    """Number of the invitation that its photo came by, 0 where that is unknown."""
    digits: str = ""
    """Last two digits of the invitation's code; empty where there was no code."""
    announced: bool = False
    """Whether somebody was told how the job ended."""


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Everything that is remembered of a user, seen from one session."""

    consent: int
    """Version of the rules that the user agreed to, 0 for none."""
    state: Mapping[str, Any]
    """The session's state after its last turn, as `DialogState.dump` made it; empty for a new one."""
    pending_wish: PendingWish
    """Wish for the photo to come; an empty one where nothing was said."""
    invitations: tuple[Invitation, ...]
    """The last invitations, the newest first."""
    jobs: Mapping[str, JobOrigin]
    """Origins of the user's jobs, by id."""
    wrong_digits: int
    """Number of wrong digits that were said within the last hour."""
    explained: frozenset[str] = frozenset()
    """Explanations that the user has heard."""
