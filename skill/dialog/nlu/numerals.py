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
_ORDINAL = {name: number for number, name in enumerate(_ORDINALS.split(), start=1)}


class Numbered(Protocol):
    @property
    def cardinal(self) -> int | None: ...


def cardinal(*forms: str) -> int | None:
    """The number of a numeral, given its forms, or of digits (at most four of them)."""
    for form in forms:
        if form.isdecimal():
            return int(form) if len(form) <= 4 else None
        if form in _CARDINAL:
            return _CARDINAL[form]
    return None


def ordinal(*forms: str) -> int | None:
    """1 … 20."""
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
