"""Signs of an adult: what somebody on a photo has, which is no age of their own.

Children, grandchildren, a husband, an army behind them are somebody's own life: «двое детей у неё» says nothing of a
child on the photo. It never makes a yes; it keeps a phrase from being taken for «это ребёнок»."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from skill.dialog.nlu.age import ADULT, read_age
from skill.dialog.nlu.lexicon import PEOPLE
from skill.dialog.nlu.morphology import read
from skill.dialog.nlu.numerals import numbers

Said = tuple[str, ...]

_FAMILY_WORDS = (
    "ребенок дети дитя сын дочь дочка внук внучка внучок правнук правнучка двойня двойняшки близнец муж жена зять "
    "невестка теща свекровь ребятишки детишки ребята"
)
_FAMILY: Final = frozenset(_FAMILY_WORDS.split())
_WHOSE: Final = frozenset({"нее", "него", "них", "ней", "самой", "самого", "самих"})
_REARED: Final = frozenset(
    "имеет имеются родила родил вырастила вырастил растит воспитала воспитал воспитывает нянчит мать отец".split()  # noqa: SIM905
)
_OWN: Final = frozenset({"свои", "своих", "свой", "своя", "собственные", "собственных", "родные"})
_SEVERAL: Final = frozenset("двое двоих трое троих четверо четверых пятеро пятерых шестеро куча много".split())  # noqa: SIM905
_KINDS: Final = frozenset(
    "взрослый взрослая взрослые взрослых большие больших маленький маленькая маленькие маленьких малые малых".split()  # noqa: SIM905
)
_BESIDE: Final = frozenset({"уже", "уж", "есть", "и", "вон", "целых", "давно", "было", "были"}) | _OWN | _SEVERAL
_YEARS: Final = frozenset({"лет", "год", "года", "годик", "годика", "годиков"})
# with one of these they are on the photo as well
_HERE: Final = frozenset(
    "рядом там тут здесь фото фотографии фотке снимке карточке портрете руках руке коленях коленках коляске".split()  # noqa: SIM905
)
_SMALL: Final = frozenset("маленький маленькая маленькие маленьких малые малых".split())  # noqa: SIM905
_JOINS: Final = frozenset({"и", "а", "с", "со", "плюс"})
_THIS: Final = frozenset({"это", "этот", "эта", "эти"})
_REACH: Final = 6  # words between somebody and whose they are
_FOND: Final = frozenset(
    "маленький маленькая маленькие ребенок ребеночек дитя малыш малышка мальчик девочка деточка детка дети".split()  # noqa: SIM905
)
_TO_WHOM: Final = frozenset({"меня", "нас", "матери", "родителей", "всех"})
_FOREVER_WORDS = (
    "он она они мы всегда все равно навсегда вечно до сих пор по прежнему так и остался осталась мой моя наш наша"
)
_FOREVER: Final = frozenset(_FOREVER_WORDS.split())
# said of somebody grown up
_GROWN_WORDS = (
    "взрослый взрослая взрослые взрослого взрослых совершеннолетний совершеннолетняя совершеннолетние пенсионер "
    "пенсионерка пенсионеры пенсии пенсию дембель студент студентка студенты замужем женат женатый вдова вдовец "
    "отслужил отслужила служил служила служит служат воевал воевала ветеран солдат матрос офицер лейтенант капитан "
    "сержант моряк работает работал работала муж жена мужик тетка дядька"
)
_GROWN: Final = frozenset(_GROWN_WORDS.split())
_UNSURE_WORDS = (
    "не ни нет без почти еще пока скоро будет станет как едва якобы будто типа вроде ли бы если когда до какой какая"
)
_UNSURE: Final = frozenset(_UNSURE_WORDS.split())
_LATER: Final = frozenset({"нет", "будет", "станет", "скоро", "ли", "через", "почти"})
_AT_SCHOOL: Final = frozenset(
    "школа класс школьник школьница подросток садик несовершеннолетний пионер пионерка пионерский".split()  # noqa: SIM905
)
_FINISHED: Final = frozenset("кончил кончила закончил закончила окончил окончила".split())  # noqa: SIM905
_CHILD: Final = frozenset("ребенок ребеночек дети дитя подросток школьник школьница малыш малышка младенец".split())  # noqa: SIM905
_DISPUTED: Final = frozenset({"не", "какой", "какая", "какие", "нет"})
_EXCEPT: Final = frozenset({"кроме", "исключая"})


def own_words(said: Sequence[str]) -> Said:
    """Words about the person themselves: «взрослая, двое детей у неё» → «взрослая», «для мамы он всегда маленький,
    а так ему тридцать» → «а так ему тридцать».

    Args:
        said: words in lower case, ё as е.
    """
    return _own_words(tuple(said))


@lru_cache(maxsize=64)
def _own_words(words: Said) -> Said:
    gone = _fondly(words) | _possessed(words)
    return tuple(word for at, word in enumerate(words) if at not in gone)


@lru_cache(maxsize=64)
def _possessed(words: Said) -> frozenset[int]:
    """The places of the words that tell what somebody has."""
    if _HERE.intersection(words):
        return frozenset()
    family = (at for at, word in enumerate(words) if read(word).keys & _FAMILY)
    told = (at for at in family if not _THIS.intersection(words[max(0, at - 2) : at]))
    return frozenset[int]().union(*(_possession(words, at) for at in told))


def tells_of_others(said: Sequence[str]) -> bool:
    """Whether those whom somebody has may be on the photo as well: «взрослая, а дочка у неё маленькая», «взрослая мама
    и двое детей у неё»."""
    words = tuple(said)
    places = sorted(_possessed(words))
    had = [words[at] for at in places]
    ages = [
        number for place, number in numbers(list(map(read, had))) if _YEARS.intersection(had[place + 1 : place + 2])
    ]
    joined = bool(places) and bool(_JOINS.intersection(words[max(0, places[0] - 1) : places[0] + 1]))
    return joined or bool(_SMALL.intersection(had)) or any(number < ADULT for number in ages)


def _possession(words: Said, at: int) -> frozenset[int]:
    """The places of the words that tell whose somebody is, and how many and how old those are; empty where it is not
    told."""
    near = range(max(0, at - _REACH), min(len(words), at + _REACH + 1))
    spots = [place for place in near if words[place] in _REARED]
    spots += [place + 1 for place in near if words[place] == "у" and _WHOSE.intersection(words[place + 1 : place + 2])]
    spots += [place for place in (at - 1,) if place >= 0 and words[place] in _OWN]
    for spot in spots:
        first, last = min(at, spot - (words[spot - 1] == "у")), max(at, spot)
        if all(_goes_along(words[place]) for place in range(first, last + 1) if place not in {at, spot, spot - 1}):
            return frozenset(range(_begin(words, first), _end(words, last + 1)))
    return frozenset()


def _goes_along(word: str) -> bool:
    form = read(word)
    return word in _BESIDE | _KINDS | {"у"} or form.cardinal is not None or bool(form.keys & _FAMILY)


def _begin(words: Said, first: int) -> int:
    """The place of the first word that counts them: «двое детей …», «уже взрослая дочь …»."""
    while first and (words[first - 1] in _KINDS and read(words[first]).keys & _FAMILY):
        first -= 1
    while first and (words[first - 1] in _BESIDE or read(words[first - 1]).cardinal is not None):
        first -= 1
    return first


def _end(words: Said, last: int) -> int:
    """The place after the last word that counts them or tells their age: «… внуку пять лет», «… детей у неё трое»."""
    while last < len(words) and (words[last] in _SEVERAL | _YEARS | _KINDS or read(words[last]).cardinal is not None):
        last += 1
    return last


def _fondly(words: Said) -> frozenset[int]:
    """«для мамы он всегда маленький»: the places of such words."""
    for at, word in enumerate(words[:-1]):
        if word == "для" and (words[at + 1] in _TO_WHOM or read(words[at + 1]).keys & PEOPLE):
            end = at + 2
            while end < len(words) and words[end] in _FOREVER:
                end += 1
            if end < len(words) and words[end] in _FOND:
                return frozenset(range(at, end + 1))
    return frozenset()


def speaks_for_grown(said: Sequence[str]) -> bool:
    """Whether a phrase tells of somebody grown up, whatever else it says: «он уже в армии отслужил», «студент второго
    курса»; nothing in it tells of a child."""
    words, own = tuple(said), own_words(said)
    keys = frozenset[str]().union(*(read(word).keys for word in own))
    age = read_age(own)
    if (age and (age.below or age.years < ADULT)) or _EXCEPT.intersection(words):
        return False
    if keys & _AT_SCHOOL and not _FINISHED.intersection(words):
        return False
    pairs = zip(("", *own), own, strict=False)
    if any(read(word).keys & _CHILD and before not in _DISPUTED for before, word in pairs):
        return False
    if age and not (_UNSURE - _DISPUTED).union({"не", "нет"}).intersection(
        own
    ):  # «ростом маленькая, а лет ей тридцать»
        return True
    return own != words or any(word in _GROWN and not _unsure(own, at) for at, word in enumerate(own))


def _unsure(words: Said, at: int) -> bool:
    """Whether «взрослый» is denied, doubted, or put off: «взрослой ещё не стала»."""
    after = words[at + 1 : at + 4]
    become = "не" in after and any(word.startswith("ста") or word in {"еще", "пока", "совсем"} for word in after)
    return bool(_UNSURE.intersection(words[max(0, at - 2) : at])) or bool(_LATER.intersection(after[:2])) or become
