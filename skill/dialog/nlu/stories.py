"""Stories that come before an answer: «хозяин мой помер, дети сказали, мама, делай, так что согласная я»."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from skill.dialog.nlu import yes_no_lexicon as lexicon
from skill.dialog.nlu.age import read_age
from skill.dialog.nlu.answer_parts import AGAINST, names_person, split_answer
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.stake import Stake

_YOUNG_WORDS = (
    "ребенок дети дитя внук внучка внучок внученька правнук правнучка малыш малышка мальчик девочка подросток школьник "
    "школьница племянник племянница пацан девчонка мальчишка"
)
YOUNG: Final = frozenset(_YOUNG_WORDS.split())
"""Dictionary forms of words for somebody who may be a child."""
_HENCE: Final = (("так", "что"), ("поэтому",), ("стало", "быть"), ("значит",), ("выходит",))
_FREES_WORDS = (
    "умер умерла умерли помер померла покойный покойная покойного покойной покойник покойница сказал сказала разрешил "
    "разрешила просил просила велел велела за сказали говорят велели просят попросили разрешили уговорили "
    "одобрили против"
)
_FREES: Final = frozenset(_FREES_WORDS.split())  # «не против», after which nothing in the story denies
_TELLS: Final = frozenset("сказали говорят велели просят попросили разрешили уговорили посоветовали одобрили".split())  # noqa: SIM905


def conclusions(said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words after «так что», «поэтому», where nothing in the story before them denies, asks or doubts, tells of a
    child, or of somebody whose permission is not told of.

    Args:
        said: words in lower case, ё as е.
    """
    words = tuple(said)
    for one in _HENCE:
        for at in range(1, len(words)):
            if words[at : at + len(one)] == one and _is_harmless(words[:at]):
                yield words[at + len(one) :]


def _is_harmless(story: tuple[str, ...]) -> bool:
    told_of = any(names_person(read(word)) for word in story) or bool(lexicon.PHOTO_WORDS.intersection(story))
    if told_of and not _FREES.intersection(story):
        return False  # «соседка спит, так что согласна»
    willing = [at for at, word in enumerate(story[:-1]) if read(word).keys & YOUNG and _agrees_there(story[at + 1 :])]
    rest = [word for at, word in enumerate(story) if at not in willing]
    age = read_age(story)
    young = any(read(word).keys & YOUNG for word in rest) or (age is not None and age.minor)
    return not young and not AGAINST & {part.role for part in split_answer(rest, Stake.CONSENT)}


def _agrees_there(after: Sequence[str]) -> bool:
    """«дети сказали …», «дети не против»: whether it is told how those feel about it."""
    return after[0] in _TELLS or tuple(after[:2]) in {("не", "против"), ("не", "возражают")}
