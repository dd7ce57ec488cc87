"""Who is refused as a minor, as tables on the screen and in markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from filters.bench import Judged, by_damage, by_sex, judge_all, labelled
from filters.minors import Level
from skill.local_render import open_runtime
from weights.train.damage import DAMAGES


@dataclass(frozen=True, slots=True)
class Figures:
    """What was said of `photos` photos at `level`, photo by photo and damage by damage."""

    photos: int
    level: Level
    judged: tuple[Judged, ...]


def measure(folder: Path, *, damages: Sequence[str], level: Level, every: int = 1) -> Figures:
    """Judge each `every`-th photo of `folder` under the named damages. ValueError: no labelled photos."""
    photos = labelled(folder)[::every]
    chosen = {name: DAMAGES[name] for name in damages}
    console = Console(stderr=True)
    judging = judge_all(photos, open_runtime(), chosen, level=level)
    total = len(photos) * len(chosen)
    judged = tuple(track(judging, "Judging", total=total, console=console, transient=True))
    return Figures(len(judged) // len(chosen), level, judged)


def title(figures: Figures) -> str:
    hidden = sum(one.hidden for one in figures.judged)
    return (
        f"Refused as minors, percent, level {figures.level}, {figures.photos} photos"
        f" ({hidden} of {len(figures.judged)} looks found no face on the damaged photo)"
    )


def tables(figures: Figures) -> list[tuple[str, list[list[str]]]]:
    return [(title(figures), by_damage(figures.judged)), ("Adults refused undamaged, percent", by_sex(figures.judged))]


def show(figures: Figures) -> None:
    console = Console(highlight=False)
    for heading, rows in tables(figures):
        shown = Table(*rows[0], box=None, pad_edge=False)
        for row in rows[1:]:
            shown.add_row(*row)
        console.print(heading)
        console.print(shown)


def as_markdown(figures: Figures) -> str:
    lines: list[str] = []
    for heading, rows in tables(figures):
        lines += [f"{heading}:", "", _line(rows[0]), _line(["---"] * len(rows[0]))]
        lines += [*map(_line, rows[1:]), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
