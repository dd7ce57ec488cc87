"""How many are refused as minors, by age, sex and damage: the table of docs/filters.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from filters.minors import ChildFilter, Level
from filters.readability.assess import ReadableReading, read_face
from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.faces.finder import FaceFinder, cheek_width
from pipeline.faces.selection import MIN_CHEEK_WIDTH
from pipeline.photo.load import read_photo
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
            pixels = read_photo(photo.path)
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


COLUMNS: Final = ("photo", "face", "answer", "yaw", "pitch", "softness", "light", "covered", "notes")


@dataclass(frozen=True, slots=True)
class Row:
    """What was said of one face, or of a photo without one. `photo`: the file's name without its ending, or its
    number. `face`: its number from the most prominent on, 0 where there is none. `answer`: "animate", or reason and
    cause."""

    photo: str
    face: int
    answer: str
    reading: ReadableReading | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of COLUMNS."""
        one = self.reading
        if one is None:
            return (self.photo, str(self.face or ""), self.answer, *[""] * 6)
        cover = max(one.cover.right_eye, one.cover.left_eye, one.cover.mouth)
        marks = ((one.eyes.no_blink, "no blink"), (one.drawing.drawing, "drawing"))
        return (
            *(self.photo, str(self.face), self.answer, f"{one.angle.yaw:.0f}", f"{one.angle.pitch:.0f}"),
            *(f"{one.quality.softness:.3f}", f"{one.quality.bright:.0f}", f"{cover:.2f}"),
            ", ".join(text for holds, text in marks if holds),
        )


def judge_folder(folder: Path, runtime: Runtime, *, numbered: bool = False) -> Iterator[Row]:
    """A row for each face of each photo directly in `folder`, in the order of the names; `numbered`: from 1 on, where
    names would tell too much."""
    finder = FaceFinder(runtime)
    for place, path in enumerate(sorted(file for file in folder.iterdir() if file.is_file()), start=1):
        name = str(place) if numbered else path.stem
        try:
            pixels = read_photo(path)
        except PhotoError as error:
            yield Row(name, 0, str(error.reason))
            continue
        faces = finder.find(pixels)
        if not faces:
            yield Row(name, 0, str(Reason.NO_FACE))
        for number, face in enumerate(faces, start=1):
            if cheek_width(face) < MIN_CHEEK_WIDTH:
                yield Row(name, number, str(Reason.FACE_TOO_SMALL))
                continue
            reading = read_face(pixels, face, runtime)
            answer = f"{reading.reason}: {reading.cause}" if reading.reason else "animate"
            yield Row(name, number, answer, reading)


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    return "\n".join(lines) + "\n"
