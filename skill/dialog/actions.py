"""Effects of a turn: the actions that the policy decides on, and the outcomes that the executor reports back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class InviteUpload:
    """Give the person a way to send a photo."""

    how: Literal["link", "code", "phone"]
    """Link for a screen, six-digit code to type, or our page pushed to the phone by the platform."""
    gestures: tuple[str, ...] = ()
    """Names of gestures to remember for the photo that is to come."""


@dataclass(frozen=True, slots=True)
class StartJob:
    """Make another clip of a photo that has already come."""

    job: str
    """Id of an earlier job on the same photo."""
    gestures: tuple[str, ...]
    """Names of the gestures to make, in their order."""
    seed: int
    """Number that varies the movement, from 0."""
    face: str | None = None
    """Which face to animate, as `pipeline.run.Wish.face`; None keeps the filter's choice."""
    adult: bool = False
    """Whether the person says that everybody on the photo is of age."""
    motion: str = ""
    """Motion where there are no gestures, as `pipeline.run.Wish.motion`; empty keeps that of the earlier job."""
    length: float = 0.0
    """Seconds of the clip; 0.0 keeps the length of the earlier job's."""


@dataclass(frozen=True, slots=True)
class ShareResult:
    """Make a page address that shows a job's result to whoever holds it."""

    job: str
    """Id of a job that is done."""


@dataclass(frozen=True, slots=True)
class MarkAnnounced:
    """Note that the end of these jobs was announced, so that it is not announced again."""

    jobs: tuple[str, ...]
    """Ids of ended jobs."""


@dataclass(frozen=True, slots=True)
class MarkExplained:
    """Note that something was explained to the person, so that it is not explained at length again."""

    what: str
    """The explanation: `policy.upload.WAY_BACK`."""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Note that the person agreed to the rules."""

    version: int
    """Version of the wording that was agreed to, `policy.upload.RULES`."""


@dataclass(frozen=True, slots=True)
class RememberGestures:
    """Keep gestures for the photo that is on its way."""

    gestures: tuple[str, ...]
    """Names of the gestures, in their order."""


@dataclass(frozen=True, slots=True)
class CountWrongDigits:
    """Count digits that fit no job of this user, against guessing."""


@dataclass(frozen=True, slots=True)
class WithdrawInvitation:
    """Withdraw the ways for a photo that still wait for theirs: their links and codes open nothing any more."""


@dataclass(frozen=True, slots=True)
class StopJob:
    """Stop a job that has not ended, and delete it."""

    jobs: tuple[str]
    """Id of the job, alone."""


@dataclass(frozen=True, slots=True)
class DeletePhoto:
    """Delete a photo and all that was made of it."""

    jobs: tuple[str, ...]
    """Ids of all jobs on the photo."""


@dataclass(frozen=True, slots=True)
class ForgetUser:
    """Delete everything that is kept of the user, consent included."""


Action = (
    InviteUpload
    | StartJob
    | ShareResult
    | MarkAnnounced
    | MarkExplained
    | RecordConsent
    | RememberGestures
    | CountWrongDigits
    | WithdrawInvitation
    | StopJob
    | DeletePhoto
    | ForgetUser
)


@dataclass(frozen=True, slots=True)
class Completed:
    """The action was done, and there is nothing to say about it."""


@dataclass(frozen=True, slots=True)
class InvitationIssued:
    """A way for a photo was opened. After a push there is neither a link nor a code."""

    link: str = ""
    """Whole https address of the upload page; empty after a push."""
    code: str = ""
    """Six digits to type on the upload page; empty after a push."""
    seconds: float = 900.0
    """Seconds for which the link or the code can still be used."""


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A new job was put into the queue, or the same job was found there."""

    job: str
    """Id of the job."""
    seconds: float
    """Estimated seconds until the job is done; 0.0 where the same clip was made before."""


@dataclass(frozen=True, slots=True)
class ResultLink:
    """A page address for a job's result was made."""

    link: str
    """Whole https address of the page."""


@dataclass(frozen=True, slots=True)
class QueueFull:
    """The queue takes no job now."""

    seconds: float
    """Seconds after which it is worth trying again."""


@dataclass(frozen=True, slots=True)
class PhotoGone:
    """Nothing of the photo is kept any more; the wish is remembered for when the photo comes again."""


@dataclass(frozen=True, slots=True)
class PhotosDeleted:
    """Photos and clips were deleted."""

    count: int
    """Number of jobs that were deleted."""


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """Something of the service is down; nothing was changed, or it is not known whether it was."""


Outcome = Completed | InvitationIssued | JobStarted | ResultLink | QueueFull | PhotoGone | PhotosDeleted | ActionFailed
