"""Expressions of the lexicons that are put together: each of some words with each of some others."""

from __future__ import annotations

from typing import Final

_SAID = "сказать пожелать поздравить произнести ответить позвать прочитать рассказать промолвить передать"
_TELLERS = "он она они дед бабушка мама папа муж"
_BEGINS = (
    *(f"{start} {{}}" for start in ("мочь", "суметь", "пусть", "пускай", "чтобы", "чтоб")),
    "{} мочь",
    "{} суметь",
)
SPOKEN: Final = ", ".join(
    f"{begun.format(who)} {verb}" for begun in _BEGINS for who in _TELLERS.split() for verb in _SAID.split()
)
"""What somebody on the photo is to say: «может он сказать …», «пусть она пожелает …»."""

_SWITCHED = "музыка песня радио сказка новость кино фильм мультик свет телевизор будильник таймер анекдот погода"
_ORDERS = "включи поставь расскажи скажи вруби"
ELSEWHERE: Final = ", ".join(
    f"{order}{rather} {what}" for order in _ORDERS.split() for rather in ("", " лучше") for what in _SWITCHED.split()
)
"""Something else that is wanted of the assistant, forms as they are said: «включи лучше музыку»."""

_MENDS = "убрать замазать заклеить заделать затереть закрасить залатать заштопать исправить сгладить заретушировать"
_DAMAGE = (
    "царапина трещина пятно залом сгиб разрыв полоса полоска складка точка дырка грязь надрыв плесень развод клякса"
)
MENDING: Final = ", ".join(f"{mend} {damage}" for mend in _MENDS.split() for damage in _DAMAGE.split())
"""What is mended on a photo: «заклей разрыв»."""

_RELATIVES = "брат сестра сын дочь дочка муж жена мать мама отец папа тетя дядя родной родственник родня семья близкий"
_OBJECT = ("против", "возражать", "запрещать", "запретить", "не согласный", "не разрешать", "не разрешить", "ругаться")
OBJECTING: Final = ", ".join(f"{who} {objects}" for who in _RELATIVES.split() for objects in _OBJECT)
"""Relatives who are against it: «брат против»."""

_HOLDERS = "дочь дочка сын внук внучка сестра брат муж жена подруга друг мама он она они родной зять невестка"
HELD: Final = ", ".join(f"у {who}" for who in _HOLDERS.split())
"""With whom a video may be besides: «у дочки тоже пропадёт?»"""

_ASKED_FOR = "погода музыка песня радио сказка новость кино фильм мультик будильник таймер анекдот такси рецепт"
_ASKS_FOR = ("просить", "спрашивать", "искать", "вызывать", "заказывать", "нужный")
ASKED_ELSEWHERE: Final = ", ".join(f"{asks} {what}" for asks in _ASKS_FOR for what in _ASKED_FOR.split())
"""Something else that was wanted: «я просила погоду»."""
