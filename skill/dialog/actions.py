"""What a conversation wants done, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Invite:
    """A way for a photo to come, `gestures` to be remembered for it. `how`: phone is the platform's push."""

    how: Literal["link", "code", "phone"]
    gestures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewWish:
    """Another video of the same photo. `seed`: how the movement varies. `adult`: the person says that everybody on it
    is of age."""

    job: str
    gestures: tuple[str, ...]
    seed: int
    face: str | None = None
    adult: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """A page address that shows the job's result to who holds it."""

    job: str


@dataclass(frozen=True, slots=True)
class Announced:
    """These were told; don't tell them again."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """The rules were agreed to, in this wording."""

    version: int


@dataclass(frozen=True, slots=True)
class Remember:
    """Gestures for the photo that is on its way."""

    gestures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongDigits:
    """Somebody said digits that fit no job: count it."""


@dataclass(frozen=True, slots=True)
class Delete:
    """A photo and what was made of it."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forget:
    """Everything of this user, consent too."""


Action = Invite | NewWish | Show | Announced | Consent | Remember | WrongDigits | Delete | Forget


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; nothing to say about it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """`link`: with https. `code`: six digits. `seconds`: how long they wait. Both empty after a push."""

    link: str = ""
    code: str = ""
    seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class Began:
    """The new wish's job; `seconds` until it is done, 0 when the same one was made before."""

    job: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    link: str


@dataclass(frozen=True, slots=True)
class Full:
    """The queue takes nothing now. `seconds`: when to try again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing of the photo is kept any more; what was wished is remembered for when it comes again."""


@dataclass(frozen=True, slots=True)
class Deleted:
    count: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Something of ours is down; nothing was changed, or we can't tell."""


Outcome = Done | Invited | Began | Shown | Full | Gone | Deleted | Failed
