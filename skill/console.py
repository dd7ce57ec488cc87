"""Output of the commands: a bar by step, one line, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import typer
from typer.core import TyperCommand

from pipeline.progress import Step, overall
from skill.cli.failures import UsageError, explain

_STEPS: Mapping[Step, str] = {
    Step.DECODE: "Читаю фотографию",
    Step.FACES: "Ищу лицо",
    Step.FILTERS: "Проверяю, можно ли",
    Step.RESTORE: "Подправляю снимок",
    Step.MOTION: "Придумываю движение",
    Step.ANIMATE: "Оживляю",
    Step.FINISH: "Оживляю",
    Step.ENCODE: "Сохраняю",
}
"""Names of the steps beside the bar."""


@contextmanager
def progress(*, shown: bool = True) -> Iterator[Callable[[str, float], None]]:
    """Show a bar on stderr, where that is a terminal; it goes away at the end.

    Yields:
        The function to call with the name of a step and the share of it that is done, 0..1.
    """
    if not shown:
        yield lambda step, share: None
        return
    from rich.console import Console  # noqa: PLC0415  (not for --json and --help)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description:<20}"), BarColumn(bar_width=32), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Начинаю", total=1.0)

        def on_step(name: str, share: float) -> None:
            step = Step(name)
            bar.update(task, description=_STEPS[step], completed=overall(step, share))

        yield on_step


@contextmanager
def error_boundary(*, as_json: bool = False, debug: bool = False) -> Iterator[None]:
    """End the command on an error of the block with an exit code and a line instead of a traceback.

    Args:
        as_json: Print the error as the one JSON object of `--json`, wrong usage too.
        debug: Let errors through with their traceback.

    Raises:
        typer.Exit: The block failed.
        typer.BadParameter: The command was used wrongly: typer shows that.
    """
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if debug or (isinstance(error, UsageError) and not as_json):
            raise
        failure = explain(error)
        if as_json:
            print_json(failure.as_json())
        else:
            print_line(failure.line, error=True)
        raise typer.Exit(failure.code) from None


class JsonErrors(TyperCommand):
    """A command that answers with one JSON object also where its options can't be understood, if `--json` is there."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> Any:
        with error_boundary(as_json=True) if "--json" in args else nullcontext():
            return super().make_context(info_name, args, *rest, **extra)


def print_line(text: str, *, error: bool = False) -> None:
    """Print a plain line on stdout, or on stderr with `error`."""
    print(text, file=sys.stderr if error else sys.stdout)


def print_estimate(seconds: float) -> None:
    """Print on stderr how many `seconds` the neural animator is going to need without a graphics card."""
    length = f"{seconds / 60:.0f} мин" if seconds >= 90 else f"{seconds:.0f} с"
    print_line(f"Без видеокарты нейросеть рисует медленно: около {length}.", error=True)


def print_json(answer: Mapping[str, Any]) -> None:
    """Print the one JSON object of `--json` on stdout."""
    print_line(json.dumps(answer, ensure_ascii=False))


def quiet_log(*, debug: bool = False) -> None:
    """Send the log to stderr, warnings only or with `debug` all of it: stdout belongs to the answer."""
    import logging  # noqa: PLC0415

    import structlog  # noqa: PLC0415  (only commands that run the pipeline)

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
