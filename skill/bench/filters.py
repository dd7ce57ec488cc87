"""`ozhivi bench filters`: how many people are refused as minors, as tables on the screen and in markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table

from filters.bench import MinorResult, find_labelled_photos, judge_minors, table_by_damage, table_by_sex
from filters.minors import Level
from skill.local_render import open_runtime
from weights.train.damage import DAMAGES


@dataclass(frozen=True, slots=True)
class FilterFigures:
    """The answers of the filter of minors on a folder of photos."""

    photos: int
    """The number of photos that could be judged."""
    level: Level
    """The level of the filter."""
    results: tuple[MinorResult, ...]
    """The answers, photo by photo and damage by damage."""


def measure_filters(folder: Path, *, damages: Sequence[str], level: Level, every: int = 1) -> FilterFigures:
    """Ask the filter of minors about the photos of a folder.

    Args:
        folder: Holds portraits that are named AGE_SEX_…, or as All-Age-Faces names its own.
        damages: Names of `weights.train.damage.DAMAGES`; each photo is judged under each of them.
        level: The level of the filter.
        every: Only every n-th photo is judged.

    Raises:
        NoPhotosError: There are no labelled photos.
    """
    photos = find_labelled_photos(folder)[::every]
    chosen = {name: DAMAGES[name] for name in damages}
    judging = judge_minors(photos, open_runtime(), chosen, level=level)
    total = len(photos) * len(chosen)
    results = tuple(track(judging, "Judging", total=total, console=Console(stderr=True), transient=True))
    return FilterFigures(len(results) // len(chosen), level, results)


def show(figures: FilterFigures) -> None:
    """Print the tables."""
    console = Console(highlight=False)
    for heading, rows in _tables(figures):
        shown = Table(*rows[0], box=None, pad_edge=False)
        for row in rows[1:]:
            shown.add_row(*row)
        console.print(heading)
        console.print(shown)


def format_markdown(figures: FilterFigures) -> str:
    """The tables in markdown."""
    lines: list[str] = []
    for heading, rows in _tables(figures):
        lines += [f"{heading}:", "", _line(rows[0]), _line(["---"] * len(rows[0]))]
        lines += [*map(_line, rows[1:]), ""]
    return "\n".join(lines)


def _tables(figures: FilterFigures) -> list[tuple[str, list[list[str]]]]:
    """Each table with its heading."""
    by_sex = ("Adults refused undamaged, percent", table_by_sex(figures.results))
    return [(_title(figures), table_by_damage(figures.results)), by_sex]


def _title(figures: FilterFigures) -> str:
    lost = sum(one.face_was_lost for one in figures.results)
    return (
        f"Refused as minors, percent, level {figures.level}, {figures.photos} photos"
        f" ({lost} of {len(figures.results)} looks found no face on the damaged photo),"
        f" {1000 * median(one.seconds for one in figures.results):.0f} ms a look"
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
