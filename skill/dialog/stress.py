"""Stress marks for words that a synthesiser reads wrongly or may read in two ways."""

from __future__ import annotations

import re
from types import MappingProxyType

# "+" stands before the stressed vowel. «посмотрите», «спросите» are orders here, not the future tense.
_WORDS = (
    "ф+ото ожив+и ожив+ить оживл+ю оживл+яю ожив+у оживл+яла ожив+ила +ожило ожив+ёт посмотр+ите спрос+ите "
    "скаж+ите назов+ите подожд+ите пот+ом нужн+ы взр+ослый взр+ослые уж+е больш+ая моргн+и подмигн+и кивн+и "
    "улыбн+ись лиц+а зам+инка поч+ётче вид+ны"
)
_STRESSED = MappingProxyType({word.replace("+", ""): word for word in _WORDS.split()})
_WORD = re.compile(r"[А-Яа-яЁё]+")


def stressed(text: str) -> str:
    """`text` with "+" where it helps; capitals stay."""
    return _WORD.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    word = found[0]
    marked = _STRESSED.get(word.lower())
    if marked is None:
        return word
    at = marked.index("+")
    return f"{word[:at]}+{word[at:]}"
