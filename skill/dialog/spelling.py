"""How an address is dictated to somebody who writes it down."""

from __future__ import annotations

from types import MappingProxyType

from skill.dialog.numbers import Form, cardinal

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
