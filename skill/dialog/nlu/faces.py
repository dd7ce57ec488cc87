"""The face that a phrase means, of several on a photo."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from pipeline.limits import FROM_RIGHT
from skill.dialog.nlu.concepts import Heard, hear
from skill.dialog.nlu.corrections import corrected_place
from skill.dialog.nlu.morphology import read

_SPARED: Final = frozenset({"кроме", "без", "не"})  # «всех, только не Вовку»
_NOBODY: Final = frozenset({"никому", "никто", "никого"})
# «не жалко», «не стесняйся» spare nobody
_UNSPARING: Final = frozenset("жалко жаль стесняйся мелочись обижай обижайте выбирай разбирай разбирайся".split())  # noqa: SIM905
_MOST: Final = 9  # «двадцать первый» is one number in two words
_LAST: Final = 20  # more people than that are not counted aloud


def face_of(phrase: Heard, *, answering: bool) -> str | None:
    """The face that a phrase means.

    Args:
        phrase: what was heard.
        answering: whether the skill has just asked for a face, so that «все», «два» and «налево» are answers.

    Returns:
        left, middle, right, largest, all, a number from the left, "right-2", or several numbers, "1,3"; None where the
        words don't tell.
    """
    corrected = corrected_place(phrase.words)
    if corrected != phrase.words and (meant := face_of(hear([read(word) for word in corrected]), answering=answering)):
        return meant
    concepts = _without_denied(phrase)
    if "everyone" in concepts or (answering and "all" in concepts):
        return None if _SPARED.intersection(_without_purpose(phrase.words)) else "all"
    counted = _counted(phrase, concepts, answering=answering)
    return (counted or None) if counted is not None else _placed(phrase, concepts, answering=answering)


def _without_purpose(words: tuple[str, ...]) -> tuple[str, ...]:
    """«всех, чтоб никому не обидно» → «всех», «всех, не жалко» → «всех»: nobody is spared by these."""
    start = next((at for at, word in enumerate(words) if word in {"чтоб", "чтобы"}), len(words))
    purpose = words[start:]
    words = words[:start] if start and _NOBODY.intersection(purpose) and "кроме" not in purpose else words
    pairs = zip(words, (*words[1:], ""), strict=True)
    return tuple(word for word, after in pairs if word != "не" or after not in _UNSPARING)


def _placed(phrase: Heard, concepts: frozenset[str], *, answering: bool) -> str | None:
    """A side, the middle, or the largest."""
    sides = _sides(concepts, answering=answering)
    if "middle" in concepts:
        unclear = len(sides) == 1 or "video" in concepts or ("между" in phrase.words and not sides)
        return None if unclear else "middle"  # «между мамой и папой» need not be the middle of all
    if sides:
        return sides.pop() if len(sides) == 1 else None
    anyone = answering and "anyone" in concepts  # «да любого»
    return "largest" if "largest" in concepts or anyone else None


def _several(phrase: Heard, concepts: frozenset[str]) -> str:
    """«первого и третьего»: their numbers from the left, "1,3"; empty where no two are named so."""
    named = tuple(dict.fromkeys(phrase.ordinals))
    plain = not _SPARED.intersection(phrase.words) and not {"to-left", "to-right", "from-end", "at-right"} & concepts
    fits = len(named) > 1 and "и" in phrase.words and all(1 <= number <= _MOST for number in named)
    return ",".join(map(str, named)) if plain and fits else ""


def _sides(concepts: frozenset[str], *, answering: bool) -> set[str]:
    """The sides that are named; «налево» is one where a face was asked for."""
    at, to = ({side for side in ("left", "right") if f"{way}-{side}" in concepts} for way in ("at", "to"))
    return at or (to if answering else set())


def _counted(phrase: Heard, concepts: frozenset[str], *, answering: bool) -> str | None:
    """A number from the left, or "right-2"; empty where it can't be told which («сотый»), None where none was said."""
    sided = bool({"at-left", "at-right"} & concepts)
    if "photo" in concepts and not sided:
        return None  # «второе фото»
    if "предпоследн" in " ".join(phrase.words):  # from which end, with a side beside it?
        return "" if sided else f"{FROM_RIGHT}2"
    counted = phrase.ordinals or (phrase.numbers if answering or "numbered" in concepts else ())
    if not counted:
        return None
    if (
        ("behind" in concepts and not sided)
        or not 1 <= counted[0] <= _LAST
        or (phrase.ordinals and max(phrase.numbers, default=0) >= _LAST)
    ):
        return ""  # «двадцать первый»
    if _is_from_right(concepts):
        return "right" if counted[0] == 1 else f"{FROM_RIGHT}{counted[0]}"
    return (answering and _several(phrase, concepts)) or str(counted[0])


def _is_from_right(concepts: frozenset[str]) -> bool:
    """Whether it is counted from the right; «слева направо третий» is not."""
    return bool({"at-right", "to-right", "from-end"} & concepts) and not {"at-left", "to-right"} <= concepts


def _without_denied(phrase: Heard) -> frozenset[str]:
    """«не левую, а правую» means the right one."""
    words = phrase.words
    denied = {word[:4] for before, word in pairwise(words) if before == "не"}
    sides = {"at-left": "лев", "at-right": "прав"}
    gone = {concept for concept, stem in sides.items() if any(word.startswith(stem) for word in denied)}
    return phrase.concepts - gone
