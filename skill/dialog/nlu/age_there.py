"""The age that somebody had on the photo, said in so many words among others that tell nothing else."""

from __future__ import annotations

from typing import Final

from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.stories import YOUNG

Said = tuple[str, ...]
_THERE: Final = frozenset({"там", "тут", "здесь"})
_PHOTOS: Final = frozenset({"фото", "фотографии", "фотке", "снимке", "карточке", "портрете"})
_ME: Final = frozenset({"мне", "я"})
_BESIDE_WORDS = (
    "это я сама сам самой самому мне ему ей он она был была было есть лет год года годика годиков годочков уже вот да "
    "ну просто исполнилось стукнуло точно ровно полных целых в на у с по моя мой мама маме папа папе сестра сестре "
    "брат брату жена жене муж мужу"
)
_BESIDE: Final = frozenset(_BESIDE_WORDS.split()) | _THERE


def age_there(said: Said) -> int | None:
    """The age of the one person that a phrase tells of, where it says that it was so on the photo, and that it is 18 or
    more; None for whatever denies, doubts, asks or compares, or tells of two.

    Args:
        said: words in lower case, ё as е.
    """
    age = read_age(said)
    if age is None or age.ages != 1 or age.below or age.years < ADULT:
        return None
    if not (_THERE | _PHOTOS).intersection(said):
        return None
    words = [read(word) for word in said]
    people = {word.text for word in words if word.keys & PEOPLE}
    if len(people) > 1 or (people and _ME.intersection(said)) or any(word.keys & YOUNG for word in words):
        return None
    return age.years if all(map(_tells_nothing_else, words)) else None


def _tells_nothing_else(word: Word) -> bool:
    """Whether a word is a number, goes along with an age, or is a noun: «в институте»."""
    verb = word.past or word.finite or word.imperative
    return word.cardinal is not None or word.text in _BESIDE or not (word.soft or verb or not word.known)
