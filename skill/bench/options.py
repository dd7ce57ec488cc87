"""Arguments and options that commands of `ozhivi bench` share, and their error boundary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from filters.errors import NoPhotosError
from skill.bench.errors import BenchError
from skill.cli.failures import Exit
from skill.console import error_boundary, print_line
from skill.demo_portrait import NoPortraitError

OwnPhoto = Annotated[
    Path | None,
    typer.Argument(
        exists=True,
        dir_okay=False,
        help="The photo to measure with. Without one, the demo portrait is used (an astronaut, 1280×960).",
    ),
]
Runs = Annotated[
    int, typer.Option(min=1, max=50, help="How many clips are made, one after the other; the first one is cold.")
]
TableFile = Annotated[Path | None, typer.Option(help="A file to which the table is also written, as Markdown.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when a command fails.")]
Numbered = Annotated[
    bool, typer.Option("--numbered", help="Number the photos instead of showing the names of their files.")
]


@contextmanager
def bench_errors(*, debug: bool) -> Iterator[None]:
    """The error boundary of every command, which also knows the errors of the measurements."""
    with error_boundary(debug=debug):
        try:
            yield
        except NoPhotosError as error:
            raise typer.BadParameter(str(error), param_hint="FOLDER") from error
        except (BenchError, NoPortraitError) as error:
            if debug:
                raise
            print_line(str(error), error=True)
            raise typer.Exit(Exit.UNEXPECTED) from None
