"""Errors of the pipeline: each has a reason code for programs and two short Russian sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Reason(StrEnum):
    """Reason codes of a refusal: the same words in `--json`, in the queue, in the dialog and in metrics."""

    NO_FACE = "no_face"
    FACE_TOO_SMALL = "face_too_small"
    SEVERAL_FACES = "several_faces"
    NOT_AN_IMAGE = "not_an_image"
    BROKEN_FILE = "broken_file"
    TOO_LARGE = "too_large"
    NOTHING_MOVED = "nothing_moved"
    LOW_QUALITY = "low_quality"
    HARD_ANGLE = "hard_angle"
    FACE_COVERED = "face_covered"
    CHILD = "child"
    PUBLIC_FIGURE = "public_figure"
    UNDETERMINED = "undetermined"


_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.NO_FACE: (
        "Я не вижу на этой фотографии лица человека.",
        "Выберите снимок, где лицо видно хорошо: прямо или почти прямо, без тени.",
    ),
    Reason.FACE_TOO_SMALL: (
        "Лицо на фотографии слишком маленькое.",
        "Возьмите снимок покрупнее или обрежьте его вокруг лица.",
    ),
    Reason.SEVERAL_FACES: (
        "На фотографии несколько человек.",
        "Скажите, кого оживить: по номеру, слева, справа или всех.",
    ),
    Reason.NOT_AN_IMAGE: (
        "Это не фотография, или я не знаю такого формата.",
        "Пришлите снимок в формате JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF или скан в PDF.",
    ),
    Reason.BROKEN_FILE: (
        "Файл повреждён, открыть его не получилось.",
        "Отправьте фотографию ещё раз или сохраните её заново.",
    ),
    Reason.TOO_LARGE: (
        "Фотография слишком большая.",
        "Подойдёт файл до 40 мегабайт: JPEG до 250 мегапикселей, в других форматах до 50.",
    ),
    Reason.NOTHING_MOVED: (
        "Оживить это лицо не получилось: оно осталось неподвижным.",
        "Попробуйте другой снимок, где лицо крупнее и видно лучше.",
    ),
    Reason.LOW_QUALITY: (
        "Лицо на фотографии трудно разглядеть.",
        "Найдите снимок почётче и посветлее.",
    ),
    Reason.HARD_ANGLE: (
        "Человек слишком сильно отвернулся или наклонил голову.",
        "Подойдёт фотография, где он смотрит прямо или почти прямо.",
    ),
    Reason.FACE_COVERED: (
        "Часть лица чем-то закрыта.",
        "Выберите снимок, где глаза и рот видно целиком.",
    ),
    Reason.CHILD: (
        "Кажется, на фотографии ребёнок или подросток. Детские снимки я не оживляю.",
        "Пришлите фотографию взрослого человека.",
    ),
    Reason.PUBLIC_FIGURE: (
        "Кажется, это известный человек. Таких фотографий я не оживляю.",
        "Пришлите свой портрет или снимок кого-то из близких.",
    ),
    Reason.UNDETERMINED: (
        "Я не уверена, что эту фотографию можно оживить, и лучше не стану.",
        "Попробуйте другой снимок: лицо покрупнее, без царапин и пятен.",
    ),
}

PHOTO_CAUSES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "pdf_without_photo": (
        "В этом PDF я не вижу фотографии.",
        "Пришлите сам снимок или скан, в котором фотография занимает страницу.",
    ),
    "pdf_with_password": (
        "Этот PDF закрыт паролем.",
        "Сохраните его без пароля или пришлите сам снимок.",
    ),
})  # fmt: skip
"""Cause of a `PhotoError` → its sentence and its advice."""

FACE_CAUSES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "blur": ("Лицо на фотографии нерезкое.", "Найдите снимок почётче или переснимите этот поближе."),
})  # fmt: skip
"""Cause of a `FaceError` that the search for faces tells as well as the filters → its sentence and its advice."""


class PipelineError(Exception):
    """A photo that can't be animated, and why."""

    reason: Reason
    """The reason, for programs."""
    cause: str
    """Narrows the reason down ("dark_glasses" of `face_covered`), or ""."""
    sentence: str
    """The reason in a short Russian sentence, fit to be spoken."""
    advice: str
    """A way out of it in a short Russian sentence, fit to be spoken."""
    detail: str
    """English, for the developer; it holds nothing personal, no file name and no pixel."""

    def __init__(
        self, reason: Reason, detail: str = "", *, cause: str = "", words: tuple[str, str] | None = None
    ) -> None:
        """`words`: sentence and advice of the cause, where it has its own."""
        self.reason = reason
        self.cause = cause
        self.sentence, self.advice = words or _SENTENCES[reason]
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))


class PhotoError(PipelineError):
    """The file can't be used as a photo: `not_an_image`, `broken_file`, `too_large`."""


def refuse_photo(reason: Reason, cause: str) -> PhotoError:
    """The refusal of a photo for one of PHOTO_CAUSES."""
    return PhotoError(reason, cause, cause=cause, words=PHOTO_CAUSES[cause])


class FaceError(PipelineError):
    """No face can be animated: `no_face`, `face_too_small`, `several_faces`, or what the filters refused."""


class AnimationError(PipelineError):
    """The animation failed its own check: `nothing_moved`."""


class MotionError(ValueError):
    """A motion that does not exist or does not fit; the message says what is allowed."""
