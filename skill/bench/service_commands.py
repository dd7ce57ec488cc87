"""`ozhivi bench`: the commands that measure the service, its dialog and its database."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skill.bench.options import Debug, bench_errors
from skill.console import print_line

if TYPE_CHECKING:
    pass


def service(
    photo: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="The photo to send. Without one, the demo portrait is used (an astronaut, 1280×960).",
        ),
    ] = None,
    runs: Annotated[
        int, typer.Option(min=1, max=50, help="How often the photo is sent, each time after the last clip is ready.")
    ] = 3,
    debug: Debug = False,
) -> None:
    """Measure a service: the time from the upload of a photo to the link of its clip, memory, and the page's size.

    The service is started for the measurement and stopped afterwards; one that is running already is left alone.
    """
    with bench_errors(debug=debug):
        from skill.bench.service import measure_service, show

        show(measure_service(photo, runs=runs))


def dialog(
    rate: Annotated[float, typer.Option(min=1, max=1000, help="How many turns a second are sent.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="For how many seconds turns are sent.")] = 60,
    renders: Annotated[bool, typer.Option("--renders", help="Let the service render clips meanwhile.")] = False,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Lock all database files of the service for five seconds meanwhile.")
    ] = False,
    postgres: Annotated[
        str, typer.Option(metavar="URL", help="A PostgreSQL database with our tables; else a new SQLite file.")
    ] = "",
    debug: Debug = False,
) -> None:
    """Measure how fast the dialog answers an even load of turns: median, 95th and 99th percentile, and errors.

    The service is started for the measurement and stopped afterwards; one that is running already is left alone. What
    was said stays in the PostgreSQL database.
    """
    with bench_errors(debug=debug):
        from skill.bench.dialog import describe_figures, measure_dialog

        figures = measure_dialog(rate, seconds, renders=renders, freeze=freeze, postgres=postgres)
        for name, value in describe_figures(figures):
            print_line(f"{name}: {value}")


def database(
    rows: Annotated[
        list[int] | None,
        typer.Option("--rows", min=100, help="Rows in each table; several are measured one after the other, growing."),
    ] = None,
    postgres: Annotated[
        str,
        typer.Option(metavar="URL", help="An empty PostgreSQL database with our tables; else a new SQLite file."),
    ] = "",
    debug: Debug = False,
) -> None:
    """Measure the steps of queue, tickets, replies and memory while their tables grow: 10,000 and 100,000 rows.

    The rows that it makes stay in the PostgreSQL database.
    """
    with bench_errors(debug=debug):
        from skill.bench.database import describe_growth, measure_growth

        for line in describe_growth(measure_growth(sorted(rows or (10_000, 100_000)), postgres)):
            print_line(line)


def capacity(
    clips: Annotated[
        list[float] | None, typer.Option("--clips", min=0.1, help="Clips a minute; several are planned for, one each.")
    ] = None,
    without_previews: Annotated[
        bool, typer.Option("--without-previews", help="Plan for a page without previews (OZHIVI_PREVIEWS=false).")
    ] = False,
    debug: Debug = False,
) -> None:
    """Say how many nodes, workers and connections 10, 100 and 1,000 clips a minute need, and what saturates first.

    A simulation with costs that were measured on two cores; nothing is measured now.
    """
    with bench_errors(debug=debug):
        from skill.bench.capacity import Costs, describe_plans, plan_fleet

        costs = Costs(previews=0.0) if without_previews else Costs()
        for line in describe_plans([plan_fleet(rate, costs) for rate in clips or (10, 100, 1000)]):
            print_line(line)


def phrases(
    longest: Annotated[
        int | None, typer.Option(min=1, help="How many rows are printed, the longest first. Without it, all of them.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Print how many seconds each phrase of the skill takes to say, at 5.4 syllables a second and with its pauses."""
    with bench_errors(debug=debug):
        from skill.bench.phrases import format_rows, measure_phrases

        for row in format_rows(measure_phrases()[:longest]):
            print_line(row)
