"""Refusals of a photo in the words of the command line: those of the voice speak of sending and of saying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.errors import FaceError, PipelineError

if TYPE_CHECKING:
    from skill.web.schemas import FaceView

# reason or, where it has one of its own, cause → (sentence, advice); None: the voice's sentence does
_WORDS: Final[Mapping[str, tuple[str | None, str]]] = {
    "not_an_image": (None, "Подойдёт файл JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF или скан в PDF."),
    "pdf_without_photo": (None, "Возьмите сам снимок или скан, в котором фотография занимает страницу."),
    "pdf_with_password": (None, "Сохраните его без пароля или возьмите сам снимок."),
    "broken_file": (None, "Скопируйте его заново или сохраните снимок ещё раз в другой программе."),
    "several_faces": (None, "Возьмите снимок, где человек один, или обрежьте этот."),
    "child": (None, "Возьмите фотографию взрослого человека."),
    "public_figure": (None, "Возьмите свой портрет или снимок кого-то из близких."),
    "undetermined": (
        "Нет уверенности, что эту фотографию можно оживить, поэтому видео не сделано.",
        "Попробуйте другой снимок: лицо покрупнее, без царапин и пятен.",
    ),
    "appeal": (None, "Если это взрослый человек, подтвердите это (--adult)"),
    "archive": (None, "Если это ваша семья и вы согласны, подтвердите это (--archive)"),
    "tilt": (None, "Поверните снимок, чтобы лицо стояло прямо: --turn 90, 180 или 270."),
    "drawing": (None, "Возьмите фотографию человека."),
    "statue": (None, "Возьмите фотографию человека."),
}

_CHOICES: Final = "--face right-N (справа налево), left, middle, right, largest, all"


class FaceChoiceError(FaceError):
    """A refusal that another `--face` answers."""

    def __init__(self, refused: FaceError, wanted: str | None, faces: Sequence[FaceView]) -> None:
        """Say which faces there are.

        Args:
            refused: The refusal of the pipeline.
            wanted: What `--face` asked for; None where it was not given.
            faces: The faces of the photo from left to right, one or more.
        """
        super().__init__(
            refused.reason, refused.detail, cause=refused.cause, words=_choice_words(refused, wanted, len(faces))
        )
        self.faces = tuple(faces)


def refusal_words(error: PipelineError) -> tuple[str, str]:
    """The sentence and the advice of a refusal, both Russian."""
    if isinstance(error, FaceChoiceError):
        return error.sentence, error.advice
    sentence, advice = _WORDS.get(error.cause) or _WORDS.get(error.reason) or (None, error.advice)
    return sentence or error.sentence, advice


def _choice_words(refused: FaceError, wanted: str | None, count: int) -> tuple[str, str]:
    many = f"На фотографии несколько лиц: {count}."
    if count == 1:
        return f"На фотографии одно лицо, номера {wanted} нет.", "Уберите --face или напишите --face 1."
    if refused.cause:
        many = refused.sentence
    sentence = f"{many} Номера {wanted} среди них нет." if wanted and wanted.isdecimal() else many
    return sentence, f"Выберите, кого оживить: --face N, где N от 1 до {count}, слева направо; или {_CHOICES}."
