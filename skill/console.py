"""How a command tells what happens: a bar by step, one line on an error, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import typer

from pipeline.errors import MotionError, PipelineError
from pipeline.progress import Step, overall
from skill.jobs.queue import QueueError
from skill.media.store import MediaError
from skill.settings import WrongSettings
from weights.errors import LivePortraitMissing, WeightsError
from weights.liveportrait import ADD


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSED = 3
    NO_WEIGHTS = 4


_STEPS: Mapping[Step, str] = {
    Step.DECODE: "Читаю фотографию",
    Step.FACES: "Ищу лицо",
    Step.FILTERS: "Проверяю, можно ли",
    Step.MOTION: "Придумываю движение",
    Step.ANIMATE: "Оживляю",
    Step.FINISH: "Оживляю",
    Step.ENCODE: "Сохраняю",
}
"""Names of the steps beside the bar."""

# cause of a refusal that the person may answer → how, here
_ANSWERS: Mapping[str, str] = {"appeal": "(--adult)", "archive": "(--archive)"}


@contextmanager
def progress(*, shown: bool = True) -> Iterator[Callable[[str, float], None]]:
    """A bar on stderr that goes away at the end; yields the function to call with (step, share done 0..1)."""
    if not shown:
        yield lambda step, share: None
        return
    from rich.console import Console  # noqa: PLC0415  (not for --json and --help)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description:<20}"), BarColumn(bar_width=32), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Начинаю", total=1.0)

        def on_step(name: str, share: float) -> None:
            step = Step(name)
            bar.update(task, description=_STEPS[step], completed=overall(step, share))

        yield on_step


@contextmanager
def error_boundary(*, as_json: bool = False, debug: bool = False) -> Iterator[None]:
    """Every error of the block becomes an exit code and a line or two; `debug` lets the traceback through."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        if debug:
            raise
        cause = error.__cause__
        code, reason, sentence, advice = _explain(cause if isinstance(cause, WeightsError) else error)
        if as_json:
            narrowed = error.cause if isinstance(error, PipelineError) else ""
            print_json({"ok": False, "reason": reason, "cause": narrowed, "sentence": sentence, "advice": advice})
        else:
            option = _ANSWERS.get(error.cause, "") if isinstance(error, PipelineError) else ""
            print_line(f"{sentence} {advice} {option}".strip(), error=True)
        raise typer.Exit(code) from None


def _explain(error: Exception) -> tuple[Exit, str, str, str]:  # noqa: PLR0911  (one for each family of errors)
    """Exit code, reason code, sentence and advice."""
    match error:
        case PipelineError():
            return Exit.REFUSED, str(error.reason), error.sentence, error.advice
        case MotionError():
            return Exit.USAGE, "usage", f"{error}.", ""
        case WeightsError():
            command = ADD if isinstance(error, LivePortraitMissing) else "ozhivi weights build"
            sentence = "Модели не готовы, а без них я никого не оживляю."
            return Exit.NO_WEIGHTS, "undetermined", sentence, f"Выполните: {command} ({error})"
        case WrongSettings():
            return Exit.USAGE, "settings", "Настройки не подходят.", str(error)
        case QueueError() | MediaError():
            return Exit.UNEXPECTED, "unavailable", "Очередь или хранилище не отвечает.", str(error)
        case OSError() if error.filename:
            return Exit.UNEXPECTED, "file", f"Не получилось с файлом {error.filename}: {error.strerror}.", ""
    line = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Exit.UNEXPECTED, "unexpected", f"Что-то пошло не так ({line}).", "Подробности покажет --debug."


def print_line(text: str, *, error: bool = False) -> None:
    """A plain line on stdout, or on stderr."""
    print(text, file=sys.stderr if error else sys.stdout)


def print_estimate(seconds: float) -> None:
    """Before the neural animator begins on a processor: how long it will take, on stderr."""
    length = f"{seconds / 60:.0f} мин" if seconds >= 90 else f"{seconds:.0f} с"
    print_line(f"Без видеокарты нейросеть рисует медленно: около {length}.", error=True)


def print_json(answer: Mapping[str, Any]) -> None:
    """The one JSON object of `--json`."""
    print_line(json.dumps(answer, ensure_ascii=False))


def quiet_log(*, debug: bool = False) -> None:
    """The library's own log goes to stderr, and only warnings: stdout belongs to the answer."""
    import logging  # noqa: PLC0415

    import structlog  # noqa: PLC0415  (only commands that run the pipeline)

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
