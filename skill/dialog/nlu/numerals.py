"""Russian numerals: тридцать пять → 35, «второго» → 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

_UNITS = "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать"
_TEENS = "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
_ORDINALS = (
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый "
    "тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый девятнадцатый двадцатый"
)
_CARDINAL = {
    **{name: number for number, name in enumerate(f"{_UNITS} {_TEENS}".split())},
    **{name: 20 + 10 * number for number, name in enumerate(_TENS.split())},
    "сто": 100,
}
_ALIASES = {"одна": "один", "одно": "один", "раз": "один", "две": "два", "нуль": "ноль"}
_ORDINAL = {name: number for number, name in enumerate(_ORDINALS.split(), start=1)}


class Numbered(Protocol):
    """A word that may be a number."""

    @property
    def cardinal(self) -> int | None:
        """Its number, None where it is none."""
        ...


def cardinal(*forms: str) -> int | None:
    """The number of a numeral, given its forms, or of digits (at most four of them)."""
    for form in forms:
        if form.isdecimal():
            return int(form) if len(form) <= 4 else None
        if form in _CARDINAL:
            return _CARDINAL[form]
    return None


def ordinal(*forms: str) -> int | None:
    """The place in a row that an ordinal's forms name, 1 … 20."""
    return next((_ORDINAL[form] for form in forms if form in _ORDINAL), None)


def numbers(words: Sequence[Numbered]) -> list[tuple[int, int]]:
    """(position, number) of each; «тридцать пять» is one."""
    found: list[tuple[int, int]] = []
    before: int | None = None
    for place, word in enumerate(words):
        value = word.cardinal
        if value is not None and before is not None and _continues(before, value):
            found[-1] = (place, found[-1][1] + value)
        elif value is not None:
            found.append((place, value))
        before = value
    return found


def _continues(before: int, value: int) -> bool:
    return (before in range(20, 100, 10) and 0 < value < 10) or (before == 100 and 0 < value < 100)


def read_figures(said: str) -> str:
    """The figures of a phrase, also in words: «семь один» and «семьдесят один» → "71"; empty where there are none."""
    found = ""
    tens = False
    for word in said.lower().replace(",", " ").split():
        if word.isdecimal():
            found, tens = found + word, False
        elif (value := cardinal(_ALIASES.get(word, word))) is not None:
            follows = tens and 0 < value < 10
            found = found[:-1] + str(value) if follows else found + str(value)
            tens = value in range(20, 100, 10)
    return found
