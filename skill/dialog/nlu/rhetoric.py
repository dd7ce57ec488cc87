"""Questions that want no answer and go along with an agreement: «чего не договориться-то», «зачем спрашиваешь»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ASKING: Final = frozenset({"чего", "чо", "че", "что", "отчего", "почему", "зачем"})
_BETWEEN: Final = frozenset({"ж", "же", "бы", "тут", "там", "и", "нам", "мне", "еще", "уж", "нас", "меня"})
_ENDS: Final = frozenset({"то", "время", "зря", "попусту"})
# that is done where there is a doubt
_DOUBTING_WORDS = (
    "спрашивать переспрашивать тянуть ждать думать раздумывать гадать рассусоливать медлить откладывать болтать "
    "разговаривать рассуждать сомневаться мелочиться церемониться терять время договариваться"
)
_DOUBTING: Final = frozenset(_DOUBTING_WORDS.split())
# that is done where there is none
_AGREEING: Final = frozenset(
    "договориться согласиться попробовать разрешить начать оживить сделать принять рискнуть соглашаться".split()  # noqa: SIM905
)
_WHOLE: Final = (
    *(("зачем", "спрашиваешь"), ("чего", "спрашиваешь"), ("что", "спрашиваешь"), ("еще", "спрашиваешь")),
    *(
        ("что", "за", "вопрос"),
        ("что", "за", "вопросы"),
        ("о", "чем", "речь"),
        ("о", "чем", "разговор"),
        ("какой", "разговор"),
    ),
    *(("какие", "разговоры"), ("какие", "вопросы"), ("какие", "могут", "быть", "вопросы"), ("кто", "бы", "спорил")),
    *(("куда", "я", "денусь"), ("куда", "ж", "я", "денусь"), ("куда", "денешься"), ("куда", "деваться")),
    *(("сколько", "можно", "спрашивать"), ("сколько", "можно", "повторять"), ("сколько", "раз", "повторять")),
    *(("и", "думать", "нечего"), ("и", "спрашивать", "нечего"), ("тут", "и", "думать", "нечего")),
)


_FIRST: Final = frozenset(words[0] for words in _WHOLE)


def rhetorical(said: Sequence[str], start: int, *, idioms: bool = True) -> int:
    """The place after such a question that begins at a place, 0 where none does.

    Args:
        said: words in lower case, ё as е.
        start: the place.
        idioms: whether those that may as well be said in vexation, «что за вопрос», are looked for.
    """
    words = tuple(said)
    idiom = idioms and words[start] in _FIRST
    if idiom and (whole := next((one for one in _WHOLE if words[start : start + len(one)] == one), ())):
        return start + len(whole)
    if words[start] not in _ASKING:
        return 0
    place = start + 1
    while place < len(words) and words[place] in _BETWEEN:
        place += 1
    denied = words[place : place + 1] == ("не",)
    place += denied
    if place >= len(words) or words[place] not in (_AGREEING if denied else _DOUBTING):
        return 0
    place += 1
    while place < len(words) and words[place] in _ENDS:
        place += 1
    return place
