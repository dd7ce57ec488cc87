"""Measurements of the filters on folders of photos: the tables of docs/filters.md.

Minors: how many are refused, by age, sex and damage. Readability: what is measured of each face of a folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final, TypeAlias

import numpy as np

from filters.errors import NoPhotosError
from filters.minors import Level, MinorFilter
from filters.readability.assessment import Readability, assess_face
from pipeline.arrays import Pixels
from pipeline.errors import PhotoError, Reason
from pipeline.faces.finder import FaceFinder, cheek_width
from pipeline.faces.selection import MIN_CHEEK_WIDTH
from pipeline.faces.upright import find_upright
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime

Damage: TypeAlias = Callable[[Pixels, np.random.Generator], Pixels]

BANDS: Final = ((0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 24), (25, 34), (35, 49), (50, 120))
SEXES: Final = ("male", "female")
# All-Age-Faces: a serial, of which the women have the first, and the age
_SERIAL_AND_AGE: Final = re.compile(r"(\d{5})A(\d{2})\.jpg")
_FIRST_MAN: Final = 7381
COLUMNS: Final = ("photo", "face", "answer", "yaw", "pitch", "softness", "light", "covered", "notes")


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A portrait of one person whose age and sex are known."""

    path: Path
    """The file."""
    age: int
    """The age in years."""
    sex: str
    """One of SEXES."""


@dataclass(frozen=True, slots=True)
class MinorResult:
    """The answer of the filter of minors on one photo under one damage."""

    age: int
    """The true age in years."""
    sex: str
    """One of SEXES."""
    damage: str
    """The name of the damage; "clean" is none."""
    is_minor: bool
    """Whether the face is refused."""
    far_below_age: bool
    """Whether the face is refused without an appeal."""
    face_was_lost: bool
    """Whether no face was found on the damaged photo, so that its place on the undamaged one was used."""
    seconds: float = field(default=0.0, compare=False)
    """The time that the filter took."""


@dataclass(frozen=True, slots=True)
class ReadabilityRow:
    """The answer of the filter of readability on one face, or on a photo without one."""

    photo: str
    """The file's name without its ending, or its number."""
    face: int
    """The number of the face, from 1 for the most prominent one; 0 where there is none."""
    answer: str
    """ "animate", or the reason and the cause of the refusal."""
    readability: Readability | None = None
    """All that was measured; None where nothing was."""

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of COLUMNS."""
        one = self.readability
        if one is None:
            return (self.photo, str(self.face or ""), self.answer, *[""] * 6)
        covered = max(one.occlusion.right_eye, one.occlusion.left_eye, one.occlusion.mouth)
        notes = ((one.eyes.no_blink, "no blink"), (one.drawing.is_drawing, "drawing"))
        return (
            *(self.photo, str(self.face), self.answer, f"{one.angle.yaw:.0f}", f"{one.angle.pitch:.0f}"),
            *(f"{one.quality.softness:.3f}", f"{one.quality.brightness:.0f}", f"{covered:.2f}"),
            ", ".join(text for holds, text in notes if holds),
        )


def find_labelled_photos(folder: Path) -> tuple[LabelledPhoto, ...]:
    """The photos of a folder that are named AGE_SEX_… (sex 0 male, 1 female), or as All-Age-Faces names its own.

    They come in the order of their names.

    Raises:
        NoPhotosError: There are none.
    """
    found = []
    for path in sorted(folder.iterdir()):
        age, _, rest = path.name.partition("_")
        if age.isdecimal() and rest[:2] in ("0_", "1_"):
            found.append(LabelledPhoto(path, int(age), SEXES[int(rest[0])]))
        elif numbered := _SERIAL_AND_AGE.fullmatch(path.name):
            found.append(LabelledPhoto(path, int(numbered[2]), SEXES[int(numbered[1]) < _FIRST_MAN]))
    if not found:
        raise NoPhotosError(
            "the folder holds no photos named AGE_SEX_…: name each by the person's age and sex (0 male, 1 female), for"
            " example 34_1_photo.jpg"
        )
    return tuple(found)


def judge_minors(
    photos: Iterable[LabelledPhoto], runtime: Runtime, damages: Mapping[str, Damage], *, level: Level = "normal"
) -> Iterator[MinorResult]:
    """Ask the filter of minors about every photo under every damage, one by one.

    Photos that can't be read, or show no face even undamaged, are left out.

    Args:
        photos: The portraits.
        runtime: Has the models of the filter and of the face finder.
        damages: Name → function of a photo (uint8 H×W×3, RGB) and a generator.
        level: The level of the filter.
    """
    finder, minors = FaceFinder(runtime), MinorFilter(runtime, level=level)
    for number, photo in enumerate(photos):
        try:
            pixels = read_photo(photo.path)
        except PhotoError:
            continue
        pixels, faces = find_upright(finder, pixels)
        if not faces:
            continue
        for name, damage in damages.items():
            damaged = damage(pixels, np.random.default_rng([11, number]))
            seen, found = (pixels, faces) if damaged is pixels else find_upright(finder, damaged)
            start = perf_counter()
            reading = minors.judge(seen, found[0]) if found else minors.judge(damaged, faces[0])
            seconds = perf_counter() - start
            yield MinorResult(photo.age, photo.sex, name, reading.is_minor, reading.far_below_age, not found, seconds)


def refused_share(results: Iterable[MinorResult], low: int, high: int, sex: str | None = None) -> float | None:
    """The share that is refused between two ages (both included), 0..1; None where there is nobody."""
    inside = [one.is_minor for one in results if low <= one.age <= high and sex in (None, one.sex)]
    return sum(inside) / len(inside) if inside else None


def table_by_damage(results: Iterable[MinorResult]) -> list[list[str]]:
    """Rows of (damage, percent refused in each band, and of all from 25 on), a heading first."""
    every = list(results)
    columns = (*BANDS, (25, 120))
    rows = [["damage", *(_band(low, high) for low, high in columns)]]
    for name in dict.fromkeys(one.damage for one in every):
        there = [one for one in every if one.damage == name]
        rows.append([name, *(_percent(refused_share(there, low, high)) for low, high in columns)])
    return rows


def table_by_sex(results: Iterable[MinorResult]) -> list[list[str]]:
    """Rows of (sex, percent of undamaged adults refused in each band from 18 on), a heading first."""
    clean = [one for one in results if one.damage == "clean"]
    columns = (*(band for band in BANDS if band[0] >= 18), (25, 120))
    rows = [["sex", *(_band(low, high) for low, high in columns)]]
    return rows + [[sex, *(_percent(refused_share(clean, low, high, sex)) for low, high in columns)] for sex in SEXES]


def assess_folder(folder: Path, runtime: Runtime, *, numbered: bool = False) -> Iterator[ReadabilityRow]:
    """A row for each face of each photo directly in a folder, in the order of the names.

    Args:
        folder: Holds photos of any kind.
        runtime: Has face_cover and the models of the face finder.
        numbered: Number the photos from 1 on, where their names would tell too much.

    Raises:
        NoPhotosError: There is no file in the folder.
    """
    files = sorted(file for file in folder.iterdir() if file.is_file())
    if not files:
        raise NoPhotosError("the folder holds no files: photos are looked for directly in it, not in folders below")
    finder = FaceFinder(runtime)
    for place, path in enumerate(files, start=1):
        name = str(place) if numbered else path.stem
        try:
            pixels = read_photo(path)
        except PhotoError as error:
            yield ReadabilityRow(name, 0, str(error.reason))
            continue
        faces = finder.find(pixels)
        if not faces:
            yield ReadabilityRow(name, 0, str(Reason.NO_FACE))
        for number, face in enumerate(faces, start=1):
            if cheek_width(face) < MIN_CHEEK_WIDTH:
                yield ReadabilityRow(name, number, str(Reason.FACE_TOO_SMALL))
                continue
            readability = assess_face(pixels, face, runtime)
            answer = f"{readability.reason}: {readability.cause}" if readability.reason else "animate"
            yield ReadabilityRow(name, number, answer, readability)


def format_markdown(rows: Sequence[ReadabilityRow]) -> str:
    """The rows as a table in markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    return "\n".join(lines) + "\n"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}"


def _band(low: int, high: int) -> str:
    return f"{low}+" if high >= 120 else f"{low}–{high}"
