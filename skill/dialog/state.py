"""Where a conversation stands: what was asked last, of which job, how often we misunderstood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

CLAIMED: Final = 6  # jobs that one session may prove to be its own; keeps the state far below 1 KB
_LONGEST: Final = 64  # characters of a job's id


class Question(StrEnum):
    """What our last words asked. SEND: shall we send a photo? MORE: another variant? STATUS: shall I look whether it
    is ready? MINE: is this photo yours? DIGITS: the last two of its code. AGE: is everybody on it of age?"""

    NONE = ""
    CONSENT = "consent"
    SEND = "send"
    MORE = "more"
    STATUS = "status"
    FACE = "face"
    DELETE = "delete"
    DELETE_ALL = "delete_all"
    MINE = "mine"
    DIGITS = "digits"
    AGE = "age"


# those that nobody minds leaving open
OFFERS: Final = frozenset({Question.NONE, Question.SEND, Question.MORE, Question.STATUS})


@dataclass(frozen=True, slots=True)
class DialogState:
    """Kept between two turns of a session, by us and by the platform; the newer one counts.

    `number`: of the turn that left it. `job`: which one was meant. `misses`: misunderstood so often in a row.
    `gestures`: wished before the answer to the question. `claimed`: jobs that were proved to be this person's.
    """

    number: int = -1
    question: Question = Question.NONE
    job: str = ""
    misses: int = 0
    gestures: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()

    def dump(self) -> dict[str, Any]:
        """For JSON; what is empty is left out."""
        whole = {
            "number": self.number,
            "question": str(self.question),
            "job": self.job,
            "misses": self.misses,
            "gestures": list(self.gestures),
            "claimed": list(self.claimed[-CLAIMED:]),
        }
        return {name: value for name, value in whole.items() if value or name == "number"}


def read_state(state: Mapping[str, Any]) -> DialogState:
    """What `dump` made; what is missing or strange is as if it had never been there."""
    return DialogState(
        number=_number(state.get("number"), -1),
        question=_question(state.get("question")),
        job=_id(state.get("job")),
        misses=_number(state.get("misses"), 0),
        gestures=_ids(state.get("gestures"))[:8],
        claimed=_ids(state.get("claimed"))[-CLAIMED:],
    )


def newer_state(one: DialogState, other: DialogState) -> DialogState:
    return one if one.number >= other.number else other


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**8 else otherwise


def _question(value: object) -> Question:
    try:
        return Question(value)  # type: ignore[arg-type]
    except ValueError:
        return Question.NONE


def _id(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


def _ids(value: object) -> tuple[str, ...]:
    return tuple(found for one in value if (found := _id(one))) if isinstance(value, list) else ()
