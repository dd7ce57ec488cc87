"""How many are refused as minors, by age, sex and damage: the table of docs/filters.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from filters.child import ChildFilter, Level
from pipeline.arrays import Pixels
from pipeline.errors import PhotoError
from pipeline.faces import FaceFinder
from pipeline.photo import read_photo
from pipeline.runtime import Runtime

Damage: TypeAlias = Callable[[Pixels, np.random.Generator], Pixels]

BANDS: Final = ((0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 24), (25, 34), (35, 49), (50, 120))
SEXES: Final = ("male", "female")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A portrait of one person whose age in years and sex are known."""

    path: Path
    age: int
    sex: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one photo under one damage. `hidden`: no face was found on the damaged photo, and the
    place of the face on the undamaged one was used."""

    age: int
    sex: str
    damage: str
    minor: bool
    far_below: bool
    hidden: bool


def labelled(folder: Path) -> tuple[Labelled, ...]:
    """Photos of `folder` named AGE_SEX_… (sex 0 male, 1 female), in the order of their names. ValueError: none."""
    found = []
    for path in sorted(folder.iterdir()):
        age, _, rest = path.name.partition("_")
        if age.isdecimal() and rest[:2] in ("0_", "1_"):
            found.append(Labelled(path, int(age), SEXES[int(rest[0])]))
    if not found:
        raise ValueError("no photos named AGE_SEX_…, for example 34_1_photo.jpg, in the folder")
    return tuple(found)


def judge_all(
    photos: Iterable[Labelled], runtime: Runtime, damages: Mapping[str, Damage], *, level: Level = "normal"
) -> Iterable[Judged]:
    """Every photo under every damage (name → function of pixels and a generator), one by one.

    Photos that can't be read, or show no face even undamaged, are left out.
    """
    finder, child = FaceFinder(runtime), ChildFilter(runtime, level=level)
    for number, photo in enumerate(photos):
        try:
            pixels = read_photo(photo.path).pixels
        except PhotoError:
            continue
        faces = finder.find(pixels)
        if not faces:
            continue
        for name, damage in damages.items():
            harmed = damage(pixels, np.random.default_rng([11, number]))
            found = finder.find(harmed) if harmed is not pixels else faces
            reading = child.judge(harmed, (found or faces)[0])
            yield Judged(photo.age, photo.sex, name, reading.minor, reading.far_below, not found)


def share(judged: Iterable[Judged], low: int, high: int, sex: str | None = None) -> float | None:
    """Share of `judged` between two ages (both included) that is refused, 0..1; None when there is nobody."""
    inside = [one.minor for one in judged if low <= one.age <= high and sex in (None, one.sex)]
    return sum(inside) / len(inside) if inside else None


def by_damage(judged: Iterable[Judged]) -> list[list[str]]:
    """Rows of (damage, percent refused in each band, and of all from 25 on), a heading first."""
    every = list(judged)
    columns = (*BANDS, (25, 120))
    rows = [["damage", *(_band(low, high) for low, high in columns)]]
    for name in dict.fromkeys(one.damage for one in every):
        there = [one for one in every if one.damage == name]
        rows.append([name, *(percent(share(there, low, high)) for low, high in columns)])
    return rows


def by_sex(judged: Iterable[Judged]) -> list[list[str]]:
    """Rows of (sex, percent of undamaged adults refused in each band from 18 on), a heading first."""
    clean = [one for one in judged if one.damage == "clean"]
    columns = (*(band for band in BANDS if band[0] >= 18), (25, 120))
    rows = [["sex", *(_band(low, high) for low, high in columns)]]
    return rows + [[sex, *(percent(share(clean, low, high, sex)) for low, high in columns)] for sex in SEXES]


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}"


def _band(low: int, high: int) -> str:
    return f"{low}+" if high >= 120 else f"{low}–{high}"
