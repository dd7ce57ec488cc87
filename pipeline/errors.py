"""One family of errors: each has a reason code for programs and two short Russian sentences for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Reason codes of a refusal; the same words in `--json`, in the queue, in the dialog and in metrics."""

    NO_FACE = "no_face"
    FACE_TOO_SMALL = "face_too_small"
    SEVERAL_FACES = "several_faces"
    NOT_AN_IMAGE = "not_an_image"
    BROKEN_FILE = "broken_file"
    TOO_LARGE = "too_large"
    NOTHING_MOVED = "nothing_moved"


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
        "Пришлите снимок в формате JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP или GIF.",
    ),
    Reason.BROKEN_FILE: (
        "Файл повреждён, открыть его не получилось.",
        "Отправьте фотографию ещё раз или сохраните её заново.",
    ),
    Reason.TOO_LARGE: (
        "Фотография слишком большая.",
        "Подойдёт снимок до 50 мегапикселей и до 40 мегабайт.",
    ),
    Reason.NOTHING_MOVED: (
        "Оживить это лицо не получилось: оно осталось неподвижным.",
        "Попробуйте другой снимок, где лицо крупнее и видно лучше.",
    ),
}


class PipelineError(Exception):
    """A photo that can't be animated, and why.

    `reason` is for programs; `sentence` and `advice` are Russian, short, fit to be spoken; `detail` is English, for
    the developer, and holds nothing personal (no file name, no pixel).
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.sentence, self.advice = _SENTENCES[reason]
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else str(reason))


class PhotoError(PipelineError):
    """The file can't be used as a photo: `not_an_image`, `broken_file`, `too_large`."""


class FaceError(PipelineError):
    """No face can be animated: `no_face`, `face_too_small`, `several_faces`."""


class AnimationError(PipelineError):
    """The animation failed its own check: `nothing_moved`."""
