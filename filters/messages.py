"""Messages for people: the sentence and the advice for each cause of a refusal, in Russian, fit to be spoken."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.errors import FACE_CAUSES, PHOTO_CAUSES, FaceError, Reason
from pipeline.faces.people import people_message

_FRONTAL: Final = "Подойдёт фотография, где человек смотрит прямо или почти прямо."

# cause of a reading or a Verdict → (sentence, advice)
_MESSAGES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "appeal": (FaceError(Reason.CHILD).sentence, "Если это взрослый человек, так и скажите: это взрослый."),
    "archive": (
        "Это старый снимок ребёнка. Такие я оживляю только с согласия родных.",
        "Если это ваша семья и вы не против, подтвердите это на странице с фото.",
    ),
    **FACE_CAUSES,
    "dark": ("Лицо на фотографии слишком тёмное.", "Выберите снимок посветлее."),
    "burnt": ("Лицо на фотографии засвечено.", "Выберите снимок, где на лицо не падает слишком яркий свет."),
    "pale": ("Лицо на фотографии выцвело, его почти не видно.", "Возьмите снимок поярче."),
    "noise": ("Снимок слишком зернистый, лица не разобрать.", "Найдите снимок почище или снятый при хорошем свете."),
    "mosaic": (
        "Лицо на фотографии распалось на квадратики.",
        "Найдите этот снимок в лучшем качестве, не сжатый.",
    ),
    "profile": ("Человек на фотографии повёрнут в профиль.", _FRONTAL),
    "bowed": ("Голова на фотографии слишком сильно опущена или запрокинута.", _FRONTAL),
    "tilt": ("Голова на фотографии сильно наклонена набок.", "Поверните снимок, чтобы лицо стояло прямо."),
    "cut": ("Лицо обрезано краем снимка.", "Выберите снимок, где лицо видно целиком."),
    "dark_glasses": (
        "Глаза закрыты тёмными очками.",
        "Снимите очки и попробуйте ещё раз или выберите снимок без них.",
    ),
    "mask": (
        "Нижняя часть лица закрыта, похоже на маску или шарф.",
        "Снимите маску и попробуйте ещё раз или выберите снимок без неё.",
    ),
    "hand": ("Часть лица закрыта, похоже, рукой.", "Выберите снимок, где рука не закрывает глаза и рот."),
    "drawing": ("Похоже, это рисунок, а не фотография.", "Пришлите фотографию человека."),
    "statue": ("Похоже, это статуя, а не живой человек.", "Пришлите фотографию человека."),
    "eyes": ("На фотографии не видно глаз.", "Выберите снимок, где глаза ничем не закрыты."),
    "mouth": ("На фотографии не видно рта.", "Выберите снимок, где рот ничем не закрыт."),
})  # fmt: skip

CAUSES: Final = frozenset(_MESSAGES)
"""The causes that narrow a refusal down, but for those that number the people of a photo."""


def find_message(cause: str) -> tuple[str, str] | None:
    """The sentence and the advice for the cause of a refusal; None where those of the reason are to be said."""
    return _MESSAGES.get(cause) or PHOTO_CAUSES.get(cause) or people_message(cause)
