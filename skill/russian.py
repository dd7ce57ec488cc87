"""Russian numbers, durations, codes and addresses, as they are written and as they are said: «21 секунду» and «двадцать
одну секунду»."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

_UP_TO_TWELVE = "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
_TEENS = "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
_ROUND = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
_BIG = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
_SMALL: Final = tuple(f"{_UP_TO_TWELVE} {_TEENS}".split())
_TENS: Final = tuple(_ROUND.split())
_HUNDREDS: Final = tuple(_BIG.split())


class Gender(Enum):
    """Gender of the noun that is counted: 1 and 2 as they are said with it after «через», «жду», «удалила»."""

    HE = ("один", "два")
    SHE = ("одну", "две")
    IT = ("одно", "два")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun beside a number, in the accusative: 1 секунду, 2 секунды, 5 секунд."""

    one: str
    """The form after 1, 21, 31 …"""
    few: str
    """The form after 2, 3, 4, 22 …"""
    many: str
    """The form after 0, 5 to 20, 25 …"""
    gender: Gender
    """The gender, for the forms of «один» and «два»."""

    def after(self, number: int) -> str:
        """The form after a number, 0 or more."""
        if number % 10 == 1 and number % 100 != 11:
            return self.one
        if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:
            return self.few
        return self.many


SECOND: Final = Noun("секунду", "секунды", "секунд", Gender.SHE)
MINUTE: Final = Noun("минуту", "минуты", "минут", Gender.SHE)
HOUR: Final = Noun("час", "часа", "часов", Gender.HE)
DAY: Final = Noun("день", "дня", "дней", Gender.HE)
VIDEO: Final = Noun("видео", "видео", "видео", Gender.IT)
_DAY_AND_NIGHT: Final = (24, HOUR)
_THOUSAND: Final = Noun("тысячу", "тысячи", "тысяч", Gender.SHE)


@dataclass(frozen=True, slots=True)
class Form:
    """One piece of a sentence in its two forms."""

    text: str
    """The form that is read."""
    tts: str
    """The form that is said: numbers in words, "+" before stressed vowels."""


def cardinal(number: int, gender: Gender = Gender.HE) -> str:
    """0 … 999,999 in words, in the accusative of a thing: «двадцать одну». ValueError beyond."""
    if not 0 <= number < 1_000_000:
        raise ValueError(f"{number} is not between 0 and 999,999")
    if number == 0:
        return _SMALL[0]
    thousands, rest = divmod(number, 1000)
    words = [*_below_thousand(thousands, Gender.SHE), _THOUSAND.after(thousands)] if thousands else []
    return " ".join([*words, *_below_thousand(rest, gender)])


def _below_thousand(number: int, gender: Gender) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:
        words.append(_TENS[rest // 10 - 2])
        rest %= 10
    if rest in {1, 2}:
        words.append(gender.value[rest - 1])
    elif rest:
        words.append(_SMALL[rest])
    return words


def counted(number: int, noun: Noun) -> Form:
    """«5 минут» and «пять минут»."""
    return Form(f"{number} {noun.after(number)}", f"{cardinal(number, noun.gender)} {noun.after(number)}")


def span(seconds: float) -> Form:
    """A time rounded up to what one says after «через»: 5 секунд, 20 секунд, минуту, 3 минуты, сутки, 3 дня."""
    number, noun = _rounded(seconds)
    if (number, noun) == _DAY_AND_NIGHT:
        return Form("сутки", "сутки")
    return counted(number, noun) if number > 1 else Form(noun.one, noun.one)


def roughly(seconds: float) -> Form:
    """A time as one says it of what has just begun, after «это»: секунд 20, около минуты, минуты 3, часа 2."""
    number, noun = _rounded(seconds)
    if number == 1:
        return Form(f"около {noun.few}", f"около {noun.few}")
    if (number, noun) == _DAY_AND_NIGHT:
        return Form("около суток", "около суток")
    whole, name = counted(number, noun), noun.after(number)
    if name == noun.one:
        return Form(f"примерно {whole.text}", f"примерно {whole.tts}")
    return Form(f"{name} {number}", f"{name} {whole.tts.removesuffix(f' {name}')}")


def _rounded(seconds: float) -> tuple[int, Noun]:
    """Seconds, minutes, hours or days, rounded up: 70 seconds are one minute, 75 are two."""
    seconds = min(max(seconds, 1.0), 99 * 86400.0)
    if seconds <= 50:
        step = 5 if seconds <= 30 else 10
        return math.ceil(seconds / step) * step, SECOND
    if abs(seconds - 86400.0) < 1800.0:
        return _DAY_AND_NIGHT
    minutes, hours, days = (max(1, math.ceil(seconds / length - 0.2)) for length in (60.0, 3600.0, 86400.0))
    return (minutes, MINUTE) if minutes < 60 else (hours, HOUR) if hours < 48 else (days, DAY)


def duration(seconds: float) -> str:
    """A time as it is written after «через» or «хранится», to the nearest unit: 24 часа, 3 минуты, 40 секунд."""
    units = ((DAY, 86400.0, 3), (HOUR, 3600.0, 1), (MINUTE, 60.0, 1))
    found = ((noun, length) for noun, length, least in units if seconds >= least * length)
    noun, length = next(found, (SECOND, 1.0))
    return counted(max(1, round(seconds / length)), noun).text


def digits(code: str, *, slowly: bool = False) -> Form:
    """A code's figures: «524 871», said one by one with pauses in which each can be typed."""
    between, middle = (1000, 1600) if slowly else (600, 1000)
    half = (len(code) + 1) // 2
    halves = ([_SMALL[int(figure)] for figure in part] for part in (code[:half], code[half:]))
    said = (f" sil <[{between}]> ".join(part) for part in halves)
    return Form(f"{code[:half]} {code[half:]}", f" sil <[{middle}]> ".join(said))


# as Russians spell Latin letters
_LETTERS = MappingProxyType(
    {
        "a": "а", "b": "бэ", "c": "цэ", "d": "дэ", "e": "е", "f": "эф", "g": "же", "h": "аш", "i": "и", "j": "йот",
        "k": "ка", "l": "эль", "m": "эм", "n": "эн", "o": "о", "p": "пэ", "q": "ку", "r": "эр", "s": "эс как доллар",
        "t": "тэ", "u": "у", "v": "вэ", "w": "дубль вэ", "x": "икс", "y": "игрек", "z": "зет",
        "-": "дефис", ":": "двоеточие", "_": "нижнее подчёркивание", "/": "косая черта",
    }
)  # fmt: skip
_ENDINGS = MappingProxyType({"ru": "ру", "рф": "эр эф", "com": "ком", "net": "нет", "org": "орг", "su": "су"})


def spelled(address: str, said: str = "") -> Form:
    """A host's name, written and dictated. `said`: how its owner wants it said, «оживи точка ру»."""
    host = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if said:
        return Form(host, said)
    return Form(host, ", точка ".join(_part(part, last=at > 0) for at, part in enumerate(host.split("."))))


def _part(part: str, *, last: bool) -> str:
    if last and part in _ENDINGS:
        return _ENDINGS[part]
    if all("а" <= letter <= "я" or letter == "ё" for letter in part):
        return part  # a Russian word is said as a word
    return ", ".join(cardinal(int(sign)) if sign.isdecimal() else _LETTERS.get(sign, sign) for sign in part.lower())
