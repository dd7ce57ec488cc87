"""Stress marks for the synthesiser: «+» before the vowel of words that it may read wrongly, or in two ways."""

from __future__ import annotations

import re
from types import MappingProxyType

from skill.russian import Form

# «посмотрите», «спросите», «скажите» are orders here, not the future tense; «лица» is the genitive, «глаза» are several
_WORDS = (
    # the skill's own words
    "ф+ото в+идео ожив+и ожив+ите ожив+ить ожив+им ожив+у ожив+ёт оживл+яю оживл+яла ожив+ила +ожил +ожило ожил+а "
    "н+авыка взр+ослый взр+ослые взр+ослого взр+ослых восемн+адцать восемн+адцати знамен+итостей уведомл+ение "
    # orders
    "посмотр+ите смотр+ите спрос+ите скаж+ите назов+ите подожд+ите повтор+ите возьм+ите введ+ите нажм+ите поверн+ите "
    "пришл+ите сохран+ите перешл+ите моргн+и подмигн+и кивн+и улыбн+ись удал+и повтор+и "
    # read in two ways
    "пот+ом уж+е больш+ая лиц+а глаз+а ч+ерт сторон+ам час+а нужн+ы видн+ы дорог+ой ст+оит сорок+а цвет+а сам+о "
    "с+амое слов+а цел+ую сл+ожно ск+ажете сотр+у верн+у пришл+о начн+у начн+ём моргн+ул подмигн+ул кивн+ул "
    # rare
    "зам+инка поч+ётче поч+ище посветл+ее покрупн+ее по+ярче побл+иже пом+еньше"
)
_STRESSED = MappingProxyType({word.replace("+", ""): word for word in _WORDS.split()})
_WORD = re.compile(r"[А-Яа-яЁё+]+")


def stressed(text: str) -> str:
    """`text` with «+» where it helps; capitals stay, and so does what is marked already."""
    return _WORD.sub(_mark, text)


def spoken(text: str) -> Form:
    """The text as it is read and as it is said."""
    return Form(text, stressed(text))


def _mark(found: re.Match[str]) -> str:
    word = found[0]
    marked = _STRESSED.get(word.lower())
    if marked is None:
        return word
    at = marked.index("+")
    return f"{word[:at]}+{word[at:]}"
