"""State of a conversation: the question that was asked last, its job, how often we misunderstood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

CLAIMED: Final = 6  # jobs that one session may prove to be its own; keeps the state far below 1 KB
_LONGEST: Final = 64  # characters of a job's id


class Question(StrEnum):
    """The question that our last words asked."""

    NONE = ""
    """None at all."""
    CONSENT = "consent"
    """Do you agree to the rules?"""
    SEND = "send"
    """Shall we send a photo?"""
    MORE = "more"
    """Shall I make another variant?"""
    GESTURE = "gesture"
    """Shall I make this movement instead?"""
    STATUS = "status"
    """Shall I look whether it is ready?"""
    FACE = "face"
    """Which of the people is to be animated?"""
    ONLY_FACE = "only_face"
    """Shall I animate the only person on the photo, where another one was asked for?"""
    DELETE = "delete"
    """Shall I delete this photo?"""
    DELETE_ALL = "delete_all"
    """Shall I delete everything of yours?"""
    MINE = "mine"
    """Is this photo yours?"""
    DIGITS = "digits"
    """Which are the last two digits of the code that the photo came with?"""
    AGE = "age"
    """Is everybody on the photo of age?"""


# questions that nobody minds leaving open
OFFERS: Final = frozenset({Question.NONE, Question.SEND, Question.MORE, Question.GESTURE, Question.STATUS})
# those where a wrong yes does harm
STAKES: Final = frozenset({Question.CONSENT, Question.DELETE, Question.DELETE_ALL, Question.AGE, Question.MINE})


@dataclass(frozen=True, slots=True)
class DialogState:
    """State kept between two turns of a session, by us and by the platform; the newer one counts."""

    number: int = -1
    """Number of the turn that left it; -1 before the first."""
    question: Question = Question.NONE
    """The question that is open."""
    job: str = ""
    """Id of the job that was spoken of; empty for none."""
    misses: int = 0
    """Number of turns in a row that were not understood."""
    gestures: tuple[str, ...] = ()
    """Gestures that were wished before the answer to the question."""
    later: tuple[str, ...] = ()
    """Movements that were wished while a video was being made; they are offered when it is there."""
    claimed: tuple[str, ...] = ()
    """Ids of jobs that were proved to be this person's, the latest last."""

    def dump(self) -> dict[str, Any]:
        """The state as a JSON object; what is empty is left out."""
        whole = {
            "number": self.number,
            "question": str(self.question),
            "job": self.job,
            "misses": self.misses,
            "gestures": list(self.gestures),
            "later": list(self.later),
            "claimed": list(self.claimed[-CLAIMED:]),
        }
        return {name: value for name, value in whole.items() if value or name == "number"}


def read_state(state: Mapping[str, Any]) -> DialogState:
    """The state of an object that `dump` made; what is missing or strange is as if it had never been there."""
    return DialogState(
        number=_number(state.get("number"), -1),
        question=_question(state.get("question")),
        job=_id(state.get("job")),
        misses=_number(state.get("misses"), 0),
        gestures=_ids(state.get("gestures"))[:8],
        later=_ids(state.get("later"))[:8],
        claimed=_ids(state.get("claimed"))[-CLAIMED:],
    )


def newer_state(one: DialogState, other: DialogState) -> DialogState:
    """That of the later turn; `one` where both are of the same."""
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
