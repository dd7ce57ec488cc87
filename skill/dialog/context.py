"""Dialog context: the facts that the server holds about a user when a turn comes, gathered before any decision."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.limits import DEFAULT_SECONDS, PRESETS, RESTORE_OFF
from skill.dialog.state import DialogState
from skill.jobs.model import JobState, Refusal


@dataclass(frozen=True, slots=True)
class KnownJob:
    """One wish on one photo, as far as a conversation needs to know it."""

    id: str
    """Id of the job in the queue."""
    state: JobState
    """State of the job in the queue."""
    photo: str
    """Id of the photo's first job: equal for all wishes on the same photo."""
    gestures: tuple[str, ...] = ()
    """Names of the wish's gestures, in their order."""
    seed: int = 0
    """The wish's number that varies the movement, from 0."""
    motion: str = PRESETS[0]
    """The wish's motion, as `pipeline.run.Wish.motion`; gestures take its place."""
    length: float = DEFAULT_SECONDS
    """Seconds of the wish's clip."""
    face: str | None = None
    """The wish's choice of a face, as `pipeline.run.Wish.face`."""
    restore: str = RESTORE_OFF
    """The wish's restoration of the photo, as `pipeline.run.Wish.restore`."""
    seconds: float = 0.0
    """Estimated seconds until the job is done; 0.0 for one that has ended."""
    age: float = 0.0
    """Seconds since the job was asked for."""
    reason: str = ""
    """Code of a refusal or failure, "reason" or "reason.cause"; of a job that is done its remark, mostly empty."""
    appeal: bool = False
    """Whether the person may say that everybody on a refused photo is of age."""
    announced: bool = False
    """Whether somebody was told how the job ended."""
    mine: bool = True
    """Whether the speaker may hear of the job without proving that it is theirs."""
    digits: str = ""
    """Last two digits of the code that the photo came with; empty where there was no code."""
    picture: str = ""
    """The platform's id of the job's card picture; empty where there is none."""

    @property
    def refusal(self) -> Refusal | None:
        """The reason of a refusal; None for other states, and where the queue names none."""
        return Refusal.parse(self.reason) if self.state is JobState.REFUSED and self.reason else None

    @property
    def remark(self) -> str:
        """The code of what the speaker should know of a clip; empty in every state but done."""
        return self.reason if self.state is JobState.DONE else ""

    @property
    def unannounced(self) -> bool:
        """Whether the job has ended and nobody was told."""
        return self.state.ended and not self.announced


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A link and a code that still wait for their photo, given to this session or device."""

    link: str = ""
    """Whole https address of the upload page; empty after a push."""
    code: str = ""
    """Six digits to type on the upload page; empty after a push."""
    seconds: float = 900.0
    """Seconds for which a photo may still come this way."""
    pushed: bool = False
    """Whether the platform sent our page to the phone instead of a link or a code."""


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """Properties of the service that are the same for every user."""

    name: str = "Оживи фото"
    """The skill's name, which a person says to come back."""
    url: str = "http://localhost"
    """Address of our pages without a slash at the end; codes are typed there."""
    spoken: str = ""
    """The host of `url` as it is pronounced; empty to spell it letter by letter."""
    keep: float = 86400.0
    """Seconds that a clip is kept."""
    ticket_seconds: float = 900.0
    """Seconds for which a link, a code or a pushed page waits for its photo."""
    drawings: bool = False
    """Whether drawings are animated too."""
    archive: bool = False
    """Whether a child on an old photo is animated when the family consents."""
    enlarges: bool = False
    """Whether small faces can be enlarged: the operator has brought the net for it."""

    def page(self, token: str) -> str:
        """Whole address of the page that the ticket with this token opens."""
        return f"{self.url}/u/{token}"


@dataclass(frozen=True, slots=True)
class DialogContext:
    """Everything that a decision about a turn may depend on, besides the turn itself."""

    service: ServiceInfo = field(default_factory=ServiceInfo)
    """Properties of the service."""
    state: DialogState = field(default_factory=DialogState)
    """State of the conversation after the turn before this one."""
    consented: bool = False
    """Whether the user has agreed to the rules."""
    jobs: tuple[KnownJob, ...] = ()
    """Jobs of the user and of linked accounts, the newest first."""
    ticket: KnownTicket | None = None
    """The newest invitation that still waits for its photo."""
    queue_seconds: float | None = 0.0
    """Seconds until a new photo's job would begin; None where that is unknown."""
    gestures: tuple[str, ...] = ()
    """Gestures that are remembered for the photo to come."""
    expired: bool = False
    """Whether there were clips whose time is over."""
    locked: bool = False
    """Whether too many wrong digits were said within an hour."""
    explained: frozenset[str] = frozenset()
    """Explanations that the person has heard: `policy.upload.WAY_BACK`."""
    down: bool = False
    """Whether the facts could not be read in time; every other fact is empty then."""

    @property
    def own(self) -> tuple[KnownJob, ...]:
        """Jobs that may be spoken of without a proof, the newest first."""
        return tuple(job for job in self.jobs if job.mine)

    def job(self, key: str) -> KnownJob | None:
        """The job with the id `key`, None where it is not among `jobs`."""
        return next((job for job in self.jobs if job.id == key), None)

    def same_photo(self, job: KnownJob) -> tuple[KnownJob, ...]:
        """All jobs on the photo of `job`, the newest first."""
        return tuple(other for other in self.jobs if other.photo == job.photo)
