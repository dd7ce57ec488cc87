"""Agreement by two denials in several words: «никто из родни не возражает», «против никто ничего не имеет».

Only a denied objection of nobody at all is one; what stands besides («кроме невестки») is weighed as ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_NOBODY: Final = (("никто",), ("ни", "у", "кого"), ("ни", "один", "человек"))
_NOT_WITH: Final = ("ни", "у", "кого")
_DENIED: Final = (
    *(("не", "против"), ("не", "возражает"), ("не", "возражают"), ("не", "возражал"), ("не", "возражали")),
    *(
        ("не", "обидится"),
        ("не", "протестует"),
        ("ничего", "против", "не", "имеет"),
        ("не", "имеет", "ничего", "против"),
    ),
)
_NOTHING: Final = (("возражений", "нет"), ("нет", "возражений"), ("претензий", "нет"), ("нет", "претензий"))
# «против никто ничего не имеет»
_TURNED: Final = (
    *(("против", "никто", "ничего", "не", "имеет"), ("против", "никто", "не", "имеет", "ничего")),
    *(("возражений", "ни", "у", "кого", "нет"), ("не", "против", "никто"), ("не", "возражает", "никто")),
    ("претензий", "ни", "у", "кого", "нет"),
)
_FIRST: Final = frozenset(one[0] for one in (*_NOBODY, *_TURNED))
# that may stand between: who, and where
_BETWEEN_WORDS = (
    "у нас из в нашей наших моей моих всей всех родни родных семьи семье родственников близких детей дома тут там же и "
    "вообще уже то"
)
_BETWEEN: Final = frozenset(_BETWEEN_WORDS.split())
_REACH: Final = 5  # words between
# a «нет» before it answers «кто-нибудь против?»
_NO: Final = ("нет",)


def no_objection(said: Sequence[str]) -> tuple[int, int]:
    """The place where nobody is said to object, and the one after it; (0, 0) where that is not said.

    Args:
        said: words in lower case, ё as е.
    """
    words = tuple(said)
    found = ((start, end) for start in range(len(words)) if words[start] in _FIRST and (end := _end(words, start)))
    start, end = next(found, (0, 0))
    while words[max(0, start - 1) : start] == _NO:  # «нет-нет, никто не возражает»
        start -= 1
    return start, end


def _end(words: tuple[str, ...], start: int) -> int:
    """The place after an agreement of this kind that begins at a place, 0 where none does."""
    if turned := next((one for one in _TURNED if words[start : start + len(one)] == one), ()):
        return start + len(turned)
    nobody = next((one for one in _NOBODY if words[start : start + len(one)] == one), ())
    if not nobody:
        return 0
    first, denials = start + len(nobody), _NOTHING if nobody == _NOT_WITH else _DENIED
    for place in range(first, min(first + _REACH, len(words)) + 1):
        denied = next((one for one in denials if words[place : place + len(one)] == one), ())
        if denied:
            return place + len(denied)
        if words[place : place + 1] and words[place] not in _BETWEEN:
            return 0
    return 0
