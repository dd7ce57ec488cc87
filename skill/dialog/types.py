"""Types of one turn of a conversation, whichever assistant it comes from: a Turn in, a Reply out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING  # a factory: as a default, Python 3.11 takes it for something that can change


class Kind(StrEnum):
    """The kind of event that makes a turn."""

    SAID = "said"
    """Something was said, or the skill was started."""
    PRESSED = "pressed"
    """A button was pressed that carries a payload."""
    LINKED = "linked"
    """The account has just been linked, nothing was said."""
    OTHER = "other"
    """A kind that is not known."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The abilities of the device."""

    screen: bool = False
    """Whether it shows text and opens links."""
    linking: bool = False
    """Whether it can start account linking."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a person. Ids are keyed hashes, never the platform's own."""

    platform: str
    """Name of the assistant: alice or salute."""
    user: str
    """Opaque key of the person who is signed in; equal to `device` where nobody is."""
    device: str
    """Opaque key of the device, or of the application on it."""
    session: str
    """Opaque key of the session, from a start of the skill to its end."""
    number: int
    """Number of the turn in its session, from 0."""
    new: bool
    """Whether it is the first turn of its session."""
    kind: Kind = Kind.SAID
    """The kind of event."""
    text: str = ""
    """Words that were said, normalised by the platform; empty at a start without a command."""
    signed_in: bool = False
    """Whether somebody is signed in at the device."""
    linked: bool = False
    """Whether an account of ours is linked and its token is valid."""
    account: str = ""
    """The linked account of ours; empty where none is."""
    dangerous: bool = False
    """Whether the platform marks the words as such that are to be left unanswered."""
    surface: Surface = field(default_factory=Surface)
    """The abilities of the device."""
    intents: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    """Intents that the platform recognised, name → slots."""
    payload: Mapping[str, Any] = field(default_factory=_nothing)
    """Payload of the button that was pressed."""
    state: Mapping[str, Any] = field(default_factory=_nothing)
    """State that the session's last reply left; empty where the platform lost it."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens a page, or says something."""

    title: str
    """Words on the button, at most 64 characters."""
    url: str = ""
    """Page to open; empty for a button that says something."""
    payload: Mapping[str, Any] = field(default_factory=_nothing)
    """Object that comes back with the press; empty: the title is sent as if it had been said."""
    inline: bool = False
    """Whether it stays in the bubble; else it is under the conversation until the next turn."""


@dataclass(frozen=True, slots=True)
class Card:
    """A picture card."""

    image: str
    """The platform's id of the picture (Alice), or its address (Salute)."""
    title: str
    """Words under the picture, at most 128 characters."""
    description: str = ""
    """Smaller words under the title."""
    url: str = ""
    """Page that a tap opens; empty for none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one turn."""

    text: str
    """Words to read, complete without a card."""
    tts: str = ""
    """Words to speak, where they differ: «+» before a stressed vowel, `sil <[300]>` for a pause of so many ms."""
    buttons: tuple[Button, ...] = ()
    """Buttons, the most important first."""
    card: Card | None = None
    """Picture card; its text is said in `text` as well."""
    end: bool = False
    """Whether the session ends."""
    link_account: bool = False
    """Whether the platform is to start account linking."""
    state: Mapping[str, Any] = field(default_factory=_nothing)
    """State that comes back with the next turn of the session; at most 1 KB of JSON."""


class Dialog(Protocol):
    """A conversation behind the webhook."""

    async def answer(self, turn: Turn) -> Reply:
        """The reply to a turn. May be slow and may raise; whoever calls has a deadline and a fallback."""
        ...
