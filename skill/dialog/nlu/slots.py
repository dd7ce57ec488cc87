"""Slots of an intent, as the words of a phrase fill them."""

from __future__ import annotations

from typing import Final

from pipeline.motion.roles import name_faces
from skill.camera_words import camera_of
from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.concepts import Heard
from skill.dialog.nlu.faces import face_of
from skill.dialog.nlu.gesture_reader import plain
from skill.dialog.nlu.intents import Intent, Understood
from skill.dialog.nlu.questions import CHANGES, LENGTHS
from skill.dialog.nlu.role_reader import BY_PLACE, names_by_kinship, read_roles
from skill.dialog.nlu.stake import Stake
from skill.dialog.nlu.topics import topic_of
from skill.dialog.nlu.yes_no import Answer, answer_to

_MOVING: Final = frozenset({Intent.ANIMATE, Intent.GESTURE, Intent.AGAIN, Intent.NEW, Intent.YES})
_CHOOSING: Final = frozenset({Intent.ANIMATE, Intent.CHOOSE, Intent.GESTURE, Intent.YES, Intent.AGAIN})
_WISHING: Final = frozenset({Intent.ANIMATE, Intent.GESTURE})
_EVERYTHING: Final = frozenset({"all", "data", "everyone", "me"})


def fill(intent: Intent, phrase: Heard, expecting: str, topic: str) -> Understood:
    """The intent with the slots that belong to it.

    Args:
        intent: what is meant.
        phrase: what was heard.
        expecting: the `Stake` of the open question, empty for none.
        topic: that of a question or a change, empty where the phrase is none.
    """
    gestures, face = _moved(intent, phrase, expecting, topic)
    if intent in _WISHING and face is None and not topic and names_by_kinship(phrase):
        return Understood(Intent.QUESTION, topic=BY_PLACE)
    return Understood(
        intent,
        gestures=gestures,
        face=face,
        how=_how(phrase) if intent is Intent.SEND else "",
        what=_what(intent, phrase),
        age=_age(phrase) if intent is Intent.APPEAL else None,
        topic=topic or (topic_of(intent, phrase) if face is None else ""),
    )


def _moved(intent: Intent, phrase: Heard, expecting: str, topic: str) -> tuple[tuple[str, ...], str | None]:
    """The gestures that are wished for, and the face that is to make them."""
    chosen = intent in _CHOOSING and topic not in CHANGES
    face = face_of(phrase, answering=expecting == Stake.FACE) if chosen else None
    if intent not in _MOVING or phrase.concepts & {"delete", "clear"}:
        return (), face
    if topic in CHANGES:
        # what a change says of the manner («слишком быстро кивает») is about the video that is there
        return (phrase.gestures if topic in LENGTHS else plain(phrase.gestures)), face
    roles = read_roles(phrase) if phrase.gestures else ()
    return (roles, name_faces([role for role in roles if not camera_of(role)])) if roles else (phrase.gestures, face)


def _what(intent: Intent, phrase: Heard) -> str:
    """The thing to delete, empty where nothing is; «да, удаляй» names nothing, and agrees to what was asked."""
    everything = bool(phrase.concepts & _EVERYTHING)
    named = intent is Intent.YES and "delete" in phrase.concepts and (everything or "photo" in phrase.concepts)
    if intent is not Intent.DELETE and not named:
        return ""
    return "all" if everything or "все" in phrase.words else "photo"


def _how(phrase: Heard) -> str:
    concepts = phrase.concepts
    said_again = concepts & {"code", "link"} and concepts & {"repeat", "once-more", "say-again", "clear.past"}
    if "missed" in concepts or said_again:
        return "repeat"
    if "other" in concepts and concepts & {"code", "numbered"}:
        return "new"
    if "phone" in concepts and not concepts & {"code", "no"}:
        return "phone"
    return next((how for how in ("code", "link") if how in concepts), "")


def _age(phrase: Heard) -> int | None:
    """The age that was said, unless the phrase denies or doubts that somebody has reached it."""
    age = read_age(phrase.words)
    if age is None:
        return None
    return age.years if (age.years < ADULT and age.clear) or answer_to(phrase.words, Stake.AGE) is Answer.YES else None
