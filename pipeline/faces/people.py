"""Sentences on how many people there are, for a wish that names somebody who is not among them.

A cause of `several_faces` carries the number, so that the sentence can be said wherever only the cause is stored.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять")
_ADVICE: Final = "Скажите, кого оживить: по номеру, слева, справа или всех."
_CAUSE: Final = re.compile(r"(of|even)_([1-9][0-9]{0,3})")

ONLY_ONE: Final = "of_1"
"""The cause where the photo has one person, and another one was named."""


def cause_beyond(count: int) -> str:
    """The cause where a place was named that none of `count` people has: "of_3"."""
    return f"of_{count}"


def cause_even(count: int) -> str:
    """The cause where the middle one of an even number of people was named: "even_4"."""
    return f"even_{count}"


def people_in(cause: str) -> str:
    """The number of people that one of these causes carries, «три человека»; empty for any other cause."""
    found = _CAUSE.fullmatch(cause)
    return _people(int(found[2])) if found else ""


def people_message(cause: str) -> tuple[str, str] | None:
    """The Russian sentence and advice of one of these causes, fit to be spoken; None for any other cause."""
    found = _CAUSE.fullmatch(cause)
    if found is None:
        return None
    count = int(found[2])
    if found[1] == "of":
        advice = "Оживить можно только его." if count == 1 else _ADVICE
        return f"На снимке только {_people(count)}.", advice
    middle = "посередине двое" if count > 2 else "посередине никого нет"
    return f"На снимке {_people(count)}, {middle}.", _ADVICE


def _people(count: int) -> str:
    """один человек, три человека, 12 человек."""
    few = count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}
    number = _WORDS[count] if count < len(_WORDS) else str(count)
    return f"{number} {'человека' if few else 'человек'}"
