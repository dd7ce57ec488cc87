"""Ages said of the people on a photo: the smallest one, and whether the words put somebody below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from skill.dialog.nlu.morphology import Word, read
from skill.dialog.nlu.numerals import numbers

ADULT: Final = 18
OLDEST: Final = 120
_CLOSE: Final = 20  # «почти двадцать» may be seventeen, «почти тридцать» may not
# a child's age without a number, or what makes another number one: «полтора», «двадцать месяцев»
_INFANT = frozenset({"полтора", "полгода", "годик", "годовасик", "месяц", "неделя", "день", "сутки"})
_FONDLY: Final = frozenset({"годик", "годика", "годиков"})  # years of the number before
# what a number before it counts that is no age: «через пять минут»
_COUNTED_WORDS = (
    "минута минутка секунда час часок рубль копейка процент раз метр сантиметр километр человек штука фото фотография "
    "снимок цифра этаж градус"
)
_LASTING: Final = frozenset({"через", "хоть", "на", "за"})  # «хоть сутки держите»
_COUNTED: Final = frozenset(_COUNTED_WORDS.split())
_BELOW_WORDS = (
    "почти около под до через скоро вот едва чуть будет станет стукнет исполнится исполняется еще пока лишь только "
    "меньше младше моложе помладше поменьше примерно приблизительно приблизился ждем накануне осталось"
)
_YEARS: Final = frozenset({"год", "лета", "лето", "годик", "годок"})
_SINCE: Final = frozenset({"как", "назад", "спустя", "прошло", "уже"})
_SERVED: Final = frozenset(
    {"флот", "армия", "служба", "фронт", "война", "завод", "вахта", "плен", "отслужить", "служить"}
)
_SERVES_WORDS = (
    "замужем женат женаты стаж служил служила отслужил прослужил работал работала работает отработал отработала "
    "проработал проработала прожили живут"
)
_SERVES: Final = frozenset(_SERVES_WORDS.split())
_PASSED: Final = frozenset({"уже", "он", "она", "они", "там"})
_LOOK: Final = frozenset({"выглядеть", "смотреться", "тянуть", "глядеться", "вид"})
BELOW: Final = frozenset(_BELOW_WORDS.split())


class Age(NamedTuple):
    """The youngest person's age as it was said."""

    years: int
    """1 … 120, the smallest number."""

    below: bool
    """Something puts the person below it: «почти восемнадцать», «скоро», «младше»."""

    ages: int
    """Ages that were said, 1 or more."""

    @property
    def clear(self) -> bool:
        """The number says it all."""
        return not self.below

    @property
    def minor(self) -> bool:
        """A child for certain."""
        return self.years < ADULT or (self.below and self.years <= _CLOSE)


def _counts_from_then(after: Sequence[Word]) -> bool:
    """Whether a number counts the years of something else than a life: «десять лет как на погосте», «умер пять лет
    назад», «три года на флоте отбарабанил»."""
    years = len(after) > 1 and bool(after[0].keys & _YEARS)
    return years and (after[1].text in _SINCE or any(word.keys & _SERVED for word in after[1:]))


def _counts_years(after: Sequence[Word]) -> bool:
    """Whether «один» is followed by what makes it an age: «одну делала» is none."""
    return not after or bool(after[0].keys & {"год", "годик"}) or after[0].cardinal is not None


def _looks(before: Sequence[Word]) -> bool:
    """Whether a number tells how old somebody looks: «выглядит на двадцать»."""
    return len(before) > 1 and before[-1].text == "на" and bool(before[-2].keys & _LOOK)


def _is_infant(word: Word, before: Word | None) -> bool:
    """Whether a word tells an infant's age; «хоть сутки», «тридцать два годика» and «в день свадьбы» do not."""
    if not word.keys & _INFANT or word.text == "неделю" or (before and (before.text, word.text) == ("в", "день")):
        return False
    return before is None or (before.text not in _LASTING and (before.cardinal is None or word.text not in _FONDLY))


def _serves(words: Sequence[Word], place: int) -> bool:
    """Whether a number counts years of work or of a marriage: «работает уже десять лет»."""
    near = words[max(0, place - 4) : place]
    before = [word.text for word in near if word.text not in _PASSED and word.cardinal is None]
    counts = len(words) > place + 1 and bool(words[place + 1].keys & _YEARS)
    return counts and bool(before) and before[-1] in _SERVES


def _is_counted(after: Sequence[Word]) -> bool:
    """Whether what follows a number makes it one of minutes or things: «через пять минут» is no age."""
    return bool(after) and bool(after[0].keys & _COUNTED)


def read_age(said: Sequence[str]) -> Age | None:
    """The age in a phrase; None where there is none. `said`: words in lower case, ё as е."""
    read_words = [read(word) for word in said]
    found = [(place, number) for place, number in numbers(read_words) if 0 < number <= OLDEST]
    found = [(place, number) for place, number in found if not _is_counted(read_words[place + 1 : place + 2])]
    found = [(place, number) for place, number in found if not _counts_from_then(read_words[place + 1 : place + 4])]
    found = [(place, number) for place, number in found if not _looks(read_words[:place])]
    found = [(place, number) for place, number in found if not _serves(read_words, place)]
    years = [number for place, number in found if number > 1 or _counts_years(read_words[place + 1 : place + 2])]
    befores = (None, *read_words)
    if any(_is_infant(word, before) for word, before in zip(read_words, befores, strict=False)):
        years.append(1)
    if not years:
        return None
    below = any(word in BELOW and before != "не" for before, word in zip(("", *said), said, strict=False))
    return Age(min(years), below, len(years))
