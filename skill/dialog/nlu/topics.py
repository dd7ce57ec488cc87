"""Topics: what narrows an intent whose answer depends on more than the intent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from skill.dialog.nlu.concepts import Heard
from skill.dialog.nlu.intents import Intent
from skill.dialog.nlu.lexicon import MOVEMENTS, PEOPLE
from skill.dialog.nlu.morphology import read
from skill.story_words import MOVEMENT_WORDS

OTHER_MOVEMENT = "other"
KEPT = "kept"
LINK = "link"
_KEEPING = frozenset({"keep", "download", "share"})
_PLANS = frozenset({"cancel", "forget", "not.animate", "not.make", "not.send", "not.animation", "not.live"})
_PARTS = frozenset({"delete", "not.delete", "clear", "not.clear", "spare", "not.show", "not.keep"})
_GENDERS = {"masc": "he", "femn": "she"}
_PRONOUNS = {
    **dict.fromkeys(("он", "его", "него", "нему", "нем", "им"), "he"),
    **dict.fromkeys(("она", "ее", "нее", "ней", "ей"), "she"),
}


def topic_of(intent: Intent, phrase: Heard) -> str:
    """The topic of a phrase with this intent, empty where the intent has none; see `Understood.topic`."""
    topic = _TOPICS.get(intent)
    return topic(phrase) if topic else ""


def _movement(phrase: Heard) -> str:
    return next((name for name in MOVEMENTS if name in phrase.concepts), OTHER_MOVEMENT)


def _trouble(phrase: Heard) -> str:
    concepts = phrase.concepts
    if {"code", "refused"} <= concepts:
        return "code"
    if "button" in concepts or ("link" in concepts and concepts & {"unseen", "no"}):
        return "button"
    return "page" if concepts & {"stuck", "link"} and "absent" not in concepts else "push"


def _cancelled(phrase: Heard) -> str:
    """«не надо улыбаться» drops a smile, «не надо» all that is under way; «не вздумай удалять» keeps what there is."""
    if phrase.concepts & {"not.delete", "not.clear"}:
        return KEPT
    parts = _PARTS.union(MOVEMENT_WORDS, (f"not.{gesture}" for gesture in MOVEMENT_WORDS))
    return "drop" if phrase.concepts & _PLANS and not phrase.concepts & parts else ""


def _place(phrase: Heard) -> str:
    """The kind of words that name nobody who could be told from the others: place or person, empty for neither."""
    if phrase.concepts & {"middle", "from-end"}:
        return "place"
    return "person" if phrase.concepts & {"person", "behind"} else ""


def _gone(phrase: Heard) -> str:
    """Whether it is a man or a woman who is gone, empty where the words don't tell."""
    nouns = {_GENDERS.get(word.gender, "") for word in map(read, phrase.words) if word.keys & PEOPLE}
    found = nouns | {_PRONOUNS.get(word, "") for word in phrase.words}
    return next(iter(found - {""}), "") if len(found - {""}) == 1 else ""


def _kept_how(phrase: Heard) -> str:
    """«стой, сначала сохрани»: whether a «нет» to a deletion wants the video kept or sent first."""
    return KEPT if phrase.concepts & _KEEPING else ""


def _sent(phrase: Heard) -> str:
    """«пришли ссылку на телефон»: whether it is a link that is wanted there."""
    return LINK if {"link", "phone"} <= phrase.concepts else ""


_TOPICS: Mapping[Intent, Callable[[Heard], str]] = MappingProxyType(
    {
        Intent.UNSUPPORTED: _movement,
        Intent.TROUBLE: _trouble,
        Intent.CANCEL: _cancelled,
        Intent.CHOOSE: _place,
        Intent.GRIEF: _gone,
        Intent.NO: _kept_how,
        Intent.SEND: _sent,
    }
)
