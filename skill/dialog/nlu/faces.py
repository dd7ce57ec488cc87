"""The face that a phrase means, of several on a photo."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pipeline.limits import FROM_RIGHT
from skill.dialog.nlu.concepts import Heard

_SPARED: Final = frozenset({"кроме", "без", "не"})  # «всех, только не Вовку»
_LAST: Final = 20  # more people than that are not counted aloud


def face_of(phrase: Heard, *, answering: bool) -> str | None:
    """The face that a phrase means.

    Args:
        phrase: what was heard.
        answering: whether the skill has just asked for a face, so that «все», «два» and «налево» are answers.

    Returns:
        left, middle, right, largest, all, a number from the left or "right-2"; None where the words don't tell.
    """
    concepts = _without_denied(phrase)
    if "everyone" in concepts or (answering and "all" in concepts):
        return None if _SPARED.intersection(phrase.words) else "all"
    counted = _counted(phrase, concepts, answering=answering)
    if counted is not None:
        return counted or None
    sides = _sides(concepts, answering=answering)
    if "middle" in concepts:
        unclear = len(sides) == 1 or "video" in concepts or ("между" in phrase.words and not sides)
        return None if unclear else "middle"  # «между мамой и папой» need not be the middle of all
    if sides:
        return sides.pop() if len(sides) == 1 else None
    return "largest" if "largest" in concepts else None


def _sides(concepts: frozenset[str], *, answering: bool) -> set[str]:
    """The sides that are named; «налево» is one where a face was asked for."""
    at, to = ({side for side in ("left", "right") if f"{way}-{side}" in concepts} for way in ("at", "to"))
    return at or (to if answering else set())


def _counted(phrase: Heard, concepts: frozenset[str], *, answering: bool) -> str | None:
    """A number from the left, or "right-2"; empty where it can't be told which («сотый»), None where none was said."""
    if "photo" in concepts and not {"at-left", "at-right"} & concepts:
        return None  # «второе фото»
    if "предпоследн" in " ".join(phrase.words):  # from which end, with a side beside it?
        return "" if {"at-left", "at-right"} & concepts else f"{FROM_RIGHT}2"
    counted = phrase.ordinals or (phrase.numbers if answering or "numbered" in concepts else ())
    if not counted:
        return None
    if not 1 <= counted[0] <= _LAST or (phrase.ordinals and max(phrase.numbers, default=0) >= _LAST):
        return ""  # «двадцать первый»
    if not {"at-right", "to-right", "from-end"} & concepts or {"at-left", "to-right"} <= concepts:
        return str(counted[0])  # «слева направо третий»
    return "right" if counted[0] == 1 else f"{FROM_RIGHT}{counted[0]}"


def _without_denied(phrase: Heard) -> frozenset[str]:
    """«не левую, а правую» means the right one."""
    words = phrase.words
    denied = {word[:4] for before, word in pairwise(words) if before == "не"}
    sides = {"at-left": "лев", "at-right": "прав"}
    gone = {concept for concept, stem in sides.items() if any(word.startswith(stem) for word in denied)}
    return phrase.concepts - gone
