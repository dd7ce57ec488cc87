"""`ozhivi bench`: the commands that measure the filters and the gallery."""

# ruff: noqa: PLC0415  (`--help` in under half a second)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skill.bench.options import Debug, Numbered, bench_errors
from skill.console import print_line

if TYPE_CHECKING:
    from filters.minors import Level


def _damages(names: list[str] | None) -> list[str]:
    """The damages of these names, or all where none is named. Raises BadParameter for an unknown name."""
    from weights.train.damage import DAMAGES

    unknown = [name for name in names or () if name not in DAMAGES]
    if unknown:
        known = ", ".join(DAMAGES)
        raise typer.BadParameter(f"no damage {unknown[0]!r}; there are {known}", param_hint="--damage")
    return names or list(DAMAGES)


def filters(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help=(
                "A folder of portraits whose names begin with the person's age and sex (0 for male, 1 for female),"
                " for example 34_1_photo.jpg."
            ),
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Measure the strict level of the filter instead of the normal one.")
    ] = False,
    damage: Annotated[
        list[str] | None,
        typer.Option(
            help="Judge the photos under this damage only, for example grayscale; may be given several times."
            " Without it, under every damage and without any (clean)."
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Judge only every n-th photo of the folder.")] = 1,
    markdown: Annotated[
        Path | None, typer.Option(help="A file to which the tables are also written, as Markdown.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Measure what share of people is refused as minors, by age, sex and damage of the photo."""
    with bench_errors(debug=debug):
        from skill.bench.filters import format_markdown, measure_filters, show

        level: Level = "strict" if strict else "normal"
        figures = measure_filters(folder, damages=_damages(damage), level=level, every=every)
        show(figures)
        if markdown is not None:
            markdown.write_text(format_markdown(figures), encoding="utf-8")


def readable(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of photos of any kind.")],
    numbered: Numbered = False,
    debug: Debug = False,
) -> None:
    """Print a table, as Markdown, of how well each face of each photo can be read, and which are refused for it."""
    with bench_errors(debug=debug):
        from filters.bench import assess_folder, format_markdown
        from skill.local_render import open_runtime

        print_line(format_markdown(list(assess_folder(folder, open_runtime(), numbered=numbered))).rstrip())


def kinds(
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="A folder of photos and a table expected.tsv: file, kind, expected (animate or reasons, with commas).",
        ),
    ],
    numbered: Numbered = False,
    debug: Debug = False,
) -> None:
    """Print a table, as Markdown, of how often the service says of photos of many kinds what a person would say."""
    with bench_errors(debug=debug):
        from skill.bench.kinds import format_markdown, judge_kinds, open_service, read_expectations

        photos = read_expectations(folder)
        print_line(format_markdown(list(judge_kinds(photos, open_service())), numbered=numbered).rstrip())


def gallery(
    entries: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="How many random faces the gallery is filled with.")
    ] = 100_000,
    debug: Debug = False,
) -> None:
    """Measure how long a look-up in a large gallery of public figures takes, and how much memory and disk it needs."""
    with bench_errors(debug=debug):
        from skill.bench.gallery import measure_gallery

        for name, value in measure_gallery(entries):
            print_line(f"{name}: {value}")
