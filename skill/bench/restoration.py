"""`ozhivi bench restore`: repair of drawn damage against the truth, on sharp portraits of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from filters.embeddings.open_pack import OpenAnalyser
from pipeline.arrays import Mask, Pixels
from pipeline.errors import PipelineError
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.restore.defects import find_defects
from pipeline.restore.repair import repair_defects
from pipeline.runtime import Runtime
from weights.train.defect_samples import add_damage

SIDE: Final = 1280
"""Pixels of a photo's longer side: about a megapixel."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The repair of one photo, by the truth."""

    name: str
    """The photo's file."""
    clean_share: float
    """Share of the whole photo that is taken for a defect, 0..1: what is wrong."""
    found: float
    """Share of the drawn damage that is found, 0..1."""
    damaged: float
    """PSNR of the damaged photo, dB."""
    repaired: float
    """PSNR of the repaired photo, dB."""
    face_damaged: float
    """Cosine of the face's embedding to that of the whole photo, damaged; nan where no face is found."""
    face_repaired: float
    """The same, repaired."""
    moved: float
    """Mean distance of the landmarks from those of the whole photo after the repair, in widths of the face; or nan."""
    find_seconds: float
    """Seconds to find the defects."""
    fill_seconds: float
    """Seconds to fill them."""


def measure_repairs(folder: Path, runtime: Runtime) -> Iterator[Repaired]:
    """Damage each photo of a folder, in grey as old prints are, and repair it; files without a face are left out."""
    finder, analyser = FaceFinder(runtime), OpenAnalyser(runtime)
    for number, path in enumerate(sorted(path for path in folder.iterdir() if path.is_file())):
        try:
            photo = read_photo(path, long_side=SIDE)
        except PipelineError:
            continue
        if faces := finder.find(photo):
            yield _measure(path.name, photo, faces, number, runtime, finder, analyser)


def _measure(
    name: str, photo: Pixels, faces: tuple[Face, ...], seed: int, runtime: Runtime, finder: FaceFinder,
    analyser: OpenAnalyser,
) -> Repaired:  # fmt: skip
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    truth = _three(grey)
    surface, drawn = add_damage(grey, np.random.default_rng(seed))
    damaged, hidden = _three(surface), drawn > 0
    began = perf_counter()
    found = find_defects(damaged, faces, runtime).mask
    between = perf_counter()
    repaired = repair_defects(damaged, found)
    ended = perf_counter()

    def likeness(picture: Pixels) -> tuple[float, float]:
        there = finder.find(picture)
        if not there:
            return float("nan"), float("nan")
        own, other = (analyser.embed(one, face).vectors[0] for one, face in ((truth, faces[0]), (picture, there[0])))
        shift = np.linalg.norm(there[0].landmarks[:, :2] - faces[0].landmarks[:, :2], axis=1).mean()
        return float(own @ other), float(shift / np.ptp(faces[0].box[::2]))

    (before, _), (after, moved) = likeness(damaged), likeness(repaired)
    return Repaired(
        name, find_defects(photo, faces, runtime).share, _share(found, hidden), _signal(damaged, truth),
        _signal(repaired, truth), before, after, moved, between - began, ended - between,
    )  # fmt: skip


def _three(grey: Pixels) -> Pixels:
    return np.repeat(grey[..., None], 3, axis=2)


def _share(found: Mask, hidden: Mask) -> float:
    return float(found[hidden].mean()) if hidden.any() else float("nan")


def _signal(picture: Pixels, truth: Pixels) -> float:
    """PSNR in dB."""
    return float(10 * np.log10(255**2 / (np.mean((picture.astype(float) - truth) ** 2) + 1e-3)))


def show(repairs: list[Repaired]) -> None:
    """Print a row for each photo, and the medians."""
    shown = Table(
        "photo", "wrong, of 10,000", "found", "damaged", "repaired", "face", "face, repaired", "moved", "find", "fill",
        box=None, pad_edge=False,
    )  # fmt: skip
    for one in repairs:
        shown.add_row(one.name, *_cells(_figures(one)))
    shown.add_row("median", *_cells(list(np.nanmedian([_figures(one) for one in repairs], axis=0))))
    Console(highlight=False, width=160).print(shown)


def _figures(one: Repaired) -> list[float]:
    return [
        1e4 * one.clean_share, one.found, one.damaged, one.repaired, one.face_damaged, one.face_repaired, one.moved,
        one.find_seconds, one.fill_seconds,
    ]  # fmt: skip


def _cells(figures: list[float]) -> list[str]:
    ways = ("{:.1f}", "{:.2f}", "{:.1f} dB", "{:.1f} dB", "{:.3f}", "{:.3f}", "{:.4f}", "{:.2f} s", "{:.2f} s")
    return [way.format(figure) for way, figure in zip(ways, figures, strict=True)]
