"""The intents of the skill and their slots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What is wanted. CHOOSE: which face; UNKNOWN: nothing of this skill, or nothing clear."""

    ANIMATE = "animate"
    SEND = "send"
    STATUS = "status"
    GESTURE = "gesture"
    AGAIN = "again"
    NEW = "new"
    DELETE = "delete"
    CHOOSE = "choose"
    CONSENT_TEXT = "consent_text"
    APPEAL = "appeal"
    MINOR = "minor"
    WHY = "why"
    HELP = "help"
    ABILITIES = "abilities"
    REPEAT = "repeat"
    YES = "yes"
    NO = "no"
    THANKS = "thanks"
    HELLO = "hello"
    EXIT = "exit"
    CANCEL = "cancel"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Understood:
    """`gestures`: of smile, wink, blink, nod, turn-left, turn-right, surprise, in the order said. `face`: left, right,
    largest, all or a number from the left, «1» … «20»; None where nobody is named or the words don't tell which (a
    CHOOSE without a face). `how` (SEND): link, code, phone, repeat or nothing. `what` (DELETE): photo or all. `age`
    in years, if said."""

    intent: Intent
    gestures: tuple[str, ...] = ()
    face: str | None = None
    how: str = ""
    what: str = ""
    age: int | None = None
