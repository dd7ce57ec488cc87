"""One turn of a conversation, whichever assistant it comes from: a Turn in, a Reply out."""

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
    """What happened. LINKED: the account has just been linked, nothing was said. OTHER: a kind we don't know."""

    SAID = "said"
    PRESSED = "pressed"
    LINKED = "linked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Surface:
    """What the device can do. `screen`: shows text and opens links. `linking`: can start account linking."""

    screen: bool = False
    linking: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What came in.

    `user`, `device`: opaque keys (keyed hashes), never the platform's own ids; equal where nobody is signed in.
    `number`: of the turn in its session, from 0. `new`: the first turn of a session. `text`: what was said,
    normalised by the platform; empty at a start without a command. `intents`: those the platform recognised, name →
    slots. `payload`: of a pressed button. `state`: what the last reply of this session left there, empty when the
    platform lost it. `dangerous`: the platform marks the phrase as one to be left unanswered. `account`: of ours, where
    one is `linked` and its token is valid.
    """

    platform: str
    user: str
    device: str
    session: str
    number: int
    new: bool
    kind: Kind = Kind.SAID
    text: str = ""
    signed_in: bool = False
    linked: bool = False
    account: str = ""
    dangerous: bool = False
    surface: Surface = field(default_factory=Surface)
    intents: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    payload: Mapping[str, Any] = field(default_factory=_nothing)
    state: Mapping[str, Any] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Button:
    """`url` opens a page; else `payload`, or the title as if it were said. `inline`: in the bubble, else under it."""

    title: str
    url: str = ""
    payload: Mapping[str, Any] = field(default_factory=_nothing)
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A picture known to the platform as `image`, portrait-shaped where `tall`. A tap opens `url`."""

    image: str
    title: str
    description: str = ""
    url: str = ""
    tall: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out.

    `text`: what is read, complete without a card. `tts`: what is spoken, where it differs: «+» before a stressed
    vowel, `sil <[300]>` pauses. `link_account`: ask the platform to start account linking. `state`: comes back with
    the next turn of this session, at most 1 KB of JSON.
    """

    text: str
    tts: str = ""
    buttons: tuple[Button, ...] = ()
    card: Card | None = None
    end: bool = False
    link_account: bool = False
    state: Mapping[str, Any] = field(default_factory=_nothing)


class Dialog(Protocol):
    async def answer(self, turn: Turn) -> Reply:
        """May be slow and may raise; whoever calls has a deadline and a ready answer."""
        ...
