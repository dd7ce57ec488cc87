"""What the server knows of a user when a turn comes: facts, gathered before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill.dialog.state import DialogState
from skill.jobs.model import JobState


@dataclass(frozen=True, slots=True)
class KnownJob:
    """One wish on one photo.

    `photo`: equal for all wishes on the same photo. `gestures`, `seed`, `face`: of the wish. `seconds`: until it is
    done, estimated; of an ended one 0. `age`: seconds since it was asked for. `reason`: code of a refusal. `appeal`:
    the person may say that everybody on it is of age. `announced`: its end was told. `mine`: whoever speaks may hear
    of it without a check. `digits`: the last two of the code that its photo came with, empty where it had none.
    `poster`: the platform's id of its picture.
    """

    id: str
    state: JobState
    photo: str
    gestures: tuple[str, ...] = ()
    seed: int = 0
    face: str | None = None
    seconds: float = 0.0
    age: float = 0.0
    reason: str = ""
    appeal: bool = False
    announced: bool = False
    mine: bool = True
    digits: str = ""
    poster: str = ""

    @property
    def news(self) -> bool:
        """It has ended and nobody was told."""
        return self.state.ended and not self.announced


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A link and a code that still wait for their photo, given to this session or device. `seconds`: how long they
    will. `pushed`: our page was sent to the phone by the platform instead, there is no link or code."""

    link: str = ""
    code: str = ""
    seconds: float = 900.0
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """What is the same for everybody.

    `name`: what one says to come back to us. `url`: of our pages, without a slash at the end; the code is typed there.
    `spoken`: how its host is said; empty: spelled letter by letter. `keep`: seconds that a video lives.
    """

    name: str = "Оживи фото"
    url: str = "http://localhost"
    spoken: str = ""
    keep: float = 86400.0


@dataclass(frozen=True, slots=True)
class DialogContext:
    """What is known of whoever speaks.

    `jobs`: newest first. `ticket`: the live one. `wait`: seconds until a new photo would begin, None where unknown.
    `gestures`: remembered for the photo to come. `expired`: there were videos, their time is over. `locked`: too many
    wrong digits. `down`: the facts could not be read in time, the rest is empty.
    """

    house: ServiceInfo = field(default_factory=ServiceInfo)
    talk: DialogState = field(default_factory=DialogState)
    consented: bool = False
    jobs: tuple[KnownJob, ...] = ()
    ticket: KnownTicket | None = None
    wait: float | None = 0.0
    gestures: tuple[str, ...] = ()
    expired: bool = False
    locked: bool = False
    down: bool = False

    @property
    def own(self) -> tuple[KnownJob, ...]:
        """Those that may be spoken of."""
        return tuple(job for job in self.jobs if job.mine)

    def job(self, key: str) -> KnownJob | None:
        return next((job for job in self.jobs if job.id == key), None)

    def same_photo(self, job: KnownJob) -> tuple[KnownJob, ...]:
        """All wishes on the photo of one of `jobs`, the newest first."""
        return tuple(other for other in self.jobs if other.photo == job.photo)
