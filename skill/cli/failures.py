"""Errors of a command: exit code, reason, a Russian sentence and a line for the terminal."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import typer

from pipeline.errors import MotionError, PipelineError
from skill.cli.refusals import FaceChoiceError, refusal_words
from weights.errors import LivePortraitMissing, WeightsError
from weights.liveportrait import ADD

# the parent of all that is wrong in a command line: typer brings a copy of click's errors and does not export this one
UsageError: Final[Any] = typer.BadParameter.__mro__[1]

_PLACE: Final = {"number", "left", "top", "width", "height"}  # of a face, what `--face` is chosen by
_OS_ERRORS: Final[Mapping[int, str]] = {
    errno.ENOENT: "такого файла нет",
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EROFS: "сюда нельзя записывать",
    errno.ENOSPC: "на диске кончилось место",
    errno.EDQUOT: "на диске кончилось место",
    errno.EEXIST: "такой файл уже есть",
    errno.EISDIR: "это папка",
    errno.ENOTDIR: "это не папка",
    errno.ENAMETOOLONG: "слишком длинное имя",
}


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    NO_WEIGHTS = 4


class CommandError(typer.BadParameter):
    """Wrong usage with a Russian sentence of its own for `--json`."""

    def __init__(self, message: str, option: str, sentence: str, *, reason: str = "usage") -> None:
        """Describe what is wrong.

        Args:
            message: English, for the terminal: what is wrong and what may be given.
            option: The option or argument that is wrong.
            sentence: Russian: the same in short.
            reason: A code for programs.
        """
        super().__init__(message, param_hint=option)
        self.sentence, self.reason = sentence, reason


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a person and as a program see it."""

    code: Exit
    """The command's exit code."""
    reason: str
    """A code for programs: of `pipeline.errors.Reason`, or "usage", "settings", "file" and others of this module."""
    sentence: str
    """Russian: what happened."""
    advice: str = ""
    """Russian: what helps; empty where nothing is known to."""
    detail: str = ""
    """English, for whoever runs the program."""
    cause: str = ""
    """The narrower cause of a refusal; empty where there is none."""
    faces: tuple[Mapping[str, float], ...] | None = None
    """The faces of the photo where one has to be chosen: number from the left, box as shares of the photo's size."""

    @property
    def line(self) -> str:
        """The line for a terminal. What goes wrong with the settings or the service is for whoever runs it: English."""
        if self.reason in ("settings", "unavailable"):
            return self.detail
        if self.reason == "usage":
            return f"{self.sentence} {self.detail}"
        return f"{self.sentence} {self.advice}".strip()

    def as_json(self) -> dict[str, Any]:
        """The object of `--json`."""
        names = ("reason", "cause", "sentence", "advice", "detail")
        answer = {"ok": False, **{name: getattr(self, name) for name in names}}
        return answer if self.faces is None else {**answer, "faces": list(self.faces)}


def explain(error: Exception) -> Failure:  # noqa: PLR0911  (one for each family of errors)
    """Say of any error what a command tells about it."""
    # here and not above: pydantic takes a tenth of a second, which `--help` need not wait for
    from skill.database.errors import DatabaseDownError  # noqa: PLC0415
    from skill.jobs.queue_limits import QueueError  # noqa: PLC0415
    from skill.media.store import MediaError  # noqa: PLC0415
    from skill.settings import WrongSettings  # noqa: PLC0415

    cause = error.__cause__
    if isinstance(cause, WeightsError):  # a filter without its model refuses: the model is what can be mended
        error = cause
    if isinstance(error, PipelineError):
        return _explain_refusal(error)
    if isinstance(error, UsageError):
        return _explain_usage(error)
    match error:
        case MotionError():
            return Failure(Exit.USAGE, "usage", "Такое движение не получится.", detail=str(error))
        case WeightsError():
            command = ADD if isinstance(error, LivePortraitMissing) else "ozhivi weights build"
            sentence = "Модели не готовы, а без них я никого не оживляю."
            return Failure(
                Exit.NO_WEIGHTS, "undetermined", sentence, f"Выполните: {command} ({error})", detail=str(error)
            )
        case WrongSettings():
            return Failure(Exit.USAGE, "settings", "Настройки не подходят.", detail=f"Wrong settings: {error}")
        case QueueError() | DatabaseDownError() | MediaError():
            return Failure(Exit.UNEXPECTED, "unavailable", "Очередь или хранилище не отвечает.", detail=str(error))
        case OSError() if error.errno is not None:
            return _explain_file(error)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Failure(
        Exit.UNEXPECTED, "unexpected", f"Что-то пошло не так ({words}).", "Подробности покажет --debug.", detail=words
    )


def _explain_refusal(error: PipelineError) -> Failure:
    sentence, advice = refusal_words(error)
    faces = None
    if isinstance(error, FaceChoiceError):
        boxes = (face.model_dump(include=_PLACE) for face in error.faces)
        faces = tuple({name: round(value, 4) for name, value in box.items()} for box in boxes)
    return Failure(Exit.REFUSED, str(error.reason), sentence, advice, error.detail, error.cause, faces)


def _explain_usage(error: Any) -> Failure:
    sentence, reason = "Команда написана неверно.", "usage"
    if isinstance(error, CommandError):
        sentence, reason = error.sentence, error.reason
    advice = "Какие есть параметры, покажет --help." if reason == "usage" else ""
    return Failure(Exit.USAGE, reason, sentence, advice, error.format_message())


def _explain_file(error: OSError) -> Failure:
    number = error.errno or 0
    why = _OS_ERRORS.get(number) or f"ошибка {errno.errorcode.get(number, number)}"
    what = f"Не получилось с файлом {error.filename}" if error.filename else "Не получилось с файлом"
    return Failure(Exit.UNEXPECTED, "file", f"{what}: {why}.", detail=f"{error.strerror}: {error.filename or 'a file'}")
