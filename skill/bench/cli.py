"""`ozhivi bench`: a clip by its steps, and the whole way through the service."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline.limits import (
    DEFAULT_LONG_SIDE,
    DEFAULT_SECONDS,
    MAX_LONG_SIDE,
    MAX_SECONDS,
    MIN_LONG_SIDE,
    MIN_SECONDS,
)
from skill.console import error_boundary, print_line


class _ClipByDefault(TyperGroup):
    """`ozhivi bench photo.jpg` is `ozhivi bench clip photo.jpg`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = args if args and (args[0] in self.commands or args[0] == "--help") else ["clip", *args]
        return super().parse_args(ctx, given)


app = typer.Typer(
    cls=_ClipByDefault, help="Measure: a clip by its steps (default), the service, dialog, filters or gallery."
)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command()
def clip(
    photo: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="(default: astronaut, 1280×960)")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=50, help="Clips made in one warm process.")] = 3,
    seconds: Annotated[float, typer.Option(min=MIN_SECONDS, max=MAX_SECONDS)] = DEFAULT_SECONDS,
    fps: Annotated[int, typer.Option(help="25 or 30.")] = 25,
    long_side: Annotated[int, typer.Option(min=MIN_LONG_SIDE, max=MAX_LONG_SIDE)] = DEFAULT_LONG_SIDE,
    markdown: Annotated[Path | None, typer.Option(help="Also write the table as markdown.")] = None,
    debug: Debug = False,
) -> None:
    """Measure: seconds by step, cold start, frames a second, peak memory, in a process of its own."""
    with error_boundary(debug=debug):
        from skill.bench.clip import as_markdown, measure, show

        figures = measure(photo, runs=runs, seconds=seconds, fps=fps, long_side=long_side)
        show(figures)
        if markdown is not None:
            markdown.write_text(as_markdown(figures), encoding="utf-8")


@app.command()
def service(
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A photo that can be animated.")],
    runs: Annotated[int, typer.Option(min=1, max=50, help="Photos sent, one after the other.")] = 3,
    debug: Debug = False,
) -> None:
    """Measure a service of its own: upload to link, waiting apart; memory of a large upload; weight of the page."""
    with error_boundary(debug=debug):
        from skill.bench.service import measure, show

        show(measure(photo, runs=runs))


@app.command()
def dialog(
    rate: Annotated[float, typer.Option(min=1, max=1000, help="Turns a second.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, max=3600)] = 60,
    renders: Annotated[bool, typer.Option("--renders", help="While clips are rendered.")] = False,
    freeze: Annotated[bool, typer.Option("--freeze", help="With all files locked for 5 s in between.")] = False,
    debug: Debug = False,
) -> None:
    """Measure the dialog: an even load of turns on a service of its own, p50, p95, p99 and errors."""
    with error_boundary(debug=debug):
        from skill.bench.dialog import described, measure

        for name, value in described(measure(rate, seconds, renders=renders, freeze=freeze)):
            print_line(f"{name}: {value}")


@app.command()
def filters(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Portraits named AGE_SEX_….")],
    strict: Annotated[bool, typer.Option("--strict", help="The strict level instead of the normal one.")] = False,
    damage: Annotated[list[str] | None, typer.Option(help="Only this damage; several too. (default: all)")] = None,
    every: Annotated[int, typer.Option(min=1, help="Only each n-th photo.")] = 1,
    markdown: Annotated[Path | None, typer.Option(help="Also write the tables as markdown.")] = None,
    debug: Debug = False,
) -> None:
    """Share refused as minors, by age, damage and sex. Sex is 0 for male, 1 for female."""
    with error_boundary(debug=debug):
        from skill.bench.filters import as_markdown, measure, show
        from weights.train.damage import DAMAGES

        unknown = [name for name in damage or () if name not in DAMAGES]
        if unknown:
            known = ", ".join(DAMAGES)
            raise typer.BadParameter(f"no damage {unknown[0]!r}; there are {known}", param_hint="--damage")
        figures = measure(folder, damages=damage or list(DAMAGES), level="strict" if strict else "normal", every=every)
        show(figures)
        if markdown is not None:
            markdown.write_text(as_markdown(figures), encoding="utf-8")


@app.command()
def readable(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Photos of any kind.")],
    numbered: Annotated[bool, typer.Option("--numbered", help="Number the photos instead of naming them.")] = False,
    debug: Debug = False,
) -> None:
    """What is said of each face of each photo before its age is asked, as markdown."""
    with error_boundary(debug=debug):
        from filters.bench import as_markdown, judge_folder
        from skill.local_render import open_runtime

        print_line(as_markdown(list(judge_folder(folder, open_runtime(), numbered=numbered))).rstrip())


@app.command()
def gallery(
    entries: Annotated[int, typer.Option(min=1, max=10_000_000)] = 100_000,
    debug: Debug = False,
) -> None:
    """Measure look-ups in a gallery of random entries: time, memory, size."""
    with error_boundary(debug=debug):
        from skill.bench.gallery import bench_gallery

        for name, value in bench_gallery(entries):
            print_line(f"{name}: {value}")
