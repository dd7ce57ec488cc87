"""`ozhivi bench`: a clip by its steps, and the whole way through the service."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from skill.telling import tell, told


class _ClipByDefault(TyperGroup):
    """`ozhivi bench photo.jpg` is `ozhivi bench clip photo.jpg`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = args if args and (args[0] in self.commands or args[0] == "--help") else ["clip", *args]
        return super().parse_args(ctx, given)


app = typer.Typer(cls=_ClipByDefault, help="Measure: a clip by its steps (default), the whole service, or the dialog.")

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command()
def clip(
    photo: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="(default: astronaut, 1280×960)")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=50, help="Clips made in one warm process.")] = 3,
    seconds: Annotated[float, typer.Option(min=2, max=6)] = 4.0,
    fps: Annotated[int, typer.Option(help="25 or 30.")] = 25,
    long_side: Annotated[int, typer.Option(min=64, max=8192)] = 2560,
    markdown: Annotated[Path | None, typer.Option(help="Also write the table as markdown.")] = None,
    debug: Debug = False,
) -> None:
    """Measure: seconds by step, cold start, frames a second, peak memory, in a process of its own."""
    with told(debug=debug):
        from skill.bench import as_markdown, measure, show

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
    with told(debug=debug):
        from skill.bench_service import measure, show

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
    with told(debug=debug):
        from skill.bench_dialog import described, measure

        for name, value in described(measure(rate, seconds, renders=renders, freeze=freeze)):
            tell(f"{name}: {value}")
