"""`ozhivi bench colour`: the guess of colours beside the truth, on colour photos that were made grey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline.arrays import Float, Mask, Pixels
from pipeline.errors import PipelineError
from pipeline.faces.finder import FaceFinder
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask, resize
from pipeline.photo.load import read_photo
from pipeline.restore.colour import colour_photo, to_grey
from pipeline.restore.colour_presence import is_colourless
from pipeline.runtime import Runtime

SIDE: Final = 1000
"""Pixels of a photo's longer side."""
_SHEET_HEIGHT: Final = 360  # pixels of each picture of the sheet
_HEADINGS: Final = ("photo", "skin", "skin, grey", "all", "all, grey", "PSNR, dB", "PSNR, grey, dB")


@dataclass(frozen=True, slots=True)
class Coloured:
    """The guess of one photo's colours, by the truth."""

    name: str
    """The photo's file."""
    skin: float
    """Mean distance of a and b of Lab to the truth within the outlines of all faces."""
    skin_grey: float
    """The same of the photo in greys."""
    all: float
    """The distance on the whole photo."""
    all_grey: float
    """The same of the photo in greys."""
    signal: float
    """PSNR of the coloured photo, dB."""
    signal_grey: float
    """The same of the photo in greys."""
    pictures: tuple[Pixels, Pixels, Pixels]
    """In greys, coloured, and the truth: uint8 H×W×3 RGB each."""


def measure_colours(folder: Path, runtime: Runtime) -> Iterator[Coloured]:
    """Colour each photo of a folder from its greys; files without a face, and photos without colour, are left out."""
    finder = FaceFinder(runtime)
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            photo = read_photo(path, long_side=SIDE)
        except PipelineError:
            continue
        faces = finder.find(photo)
        if not faces or is_colourless(photo):
            continue
        skin = np.zeros(photo.shape[:2], bool)
        for face in faces:
            skin |= polygon_mask((photo.shape[0], photo.shape[1]), face.landmarks[list(OVAL), :2]) > 0
        grey = to_grey(photo)
        guess = colour_photo(runtime, grey, faces)
        (own, whole), (own_grey, whole_grey) = (_distances(one, photo, skin) for one in (guess, grey))
        yield Coloured(
            path.name, own, own_grey, whole, whole_grey, _signal(guess, photo), _signal(grey, photo),
            (grey, guess, photo),
        )  # fmt: skip


def _distances(picture: Pixels, truth: Pixels, skin: Mask) -> tuple[float, float]:
    """Mean distances of a and b, on skin and everywhere."""
    away = np.hypot(*np.moveaxis(_chroma(picture) - _chroma(truth), 2, 0))
    return float(away[skin].mean()), float(away.mean())


def _chroma(picture: Pixels) -> Float:
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    return np.asarray(lab[..., 1:], np.float32)


def _signal(picture: Pixels, truth: Pixels) -> float:
    return float(10 * np.log10(255**2 / (np.mean((picture.astype(float) - truth) ** 2) + 1e-3)))


def show(guesses: Sequence[Coloured]) -> None:
    """Print a row for each photo, and the medians."""
    shown = Table(*_HEADINGS, box=None, pad_edge=False)
    for row in _rows(guesses):
        shown.add_row(*row)
    Console(highlight=False, width=120).print(shown)


def format_markdown(guesses: Sequence[Coloured]) -> str:
    """The same table in Markdown."""
    lines = [_HEADINGS, ["---"] * len(_HEADINGS), *_rows(guesses)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(guesses: Sequence[Coloured]) -> Iterator[list[str]]:
    figures = [
        (one.skin, one.skin_grey, one.all, one.all_grey, one.signal, one.signal_grey) for one in guesses
    ]  # fmt: skip
    for one, row in zip(guesses, figures, strict=True):
        yield [one.name, *(f"{figure:.1f}" for figure in row)]
    if figures:
        yield ["median", *(f"{figure:.1f}" for figure in np.median(figures, axis=0))]


def save_sheet(guesses: Sequence[Coloured], target: Path) -> None:
    """Write a PNG with a row for each photo: in greys, coloured, and the truth."""
    rows = [np.hstack([_fit(picture) for picture in one.pictures]) for one in guesses]
    widest = max((row.shape[1] for row in rows), default=1)
    sheet = np.vstack([np.pad(row, ((0, 4), (0, widest - row.shape[1]), (0, 0))) for row in rows])
    _, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    target.write_bytes(data.tobytes())


def _fit(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    size = (_SHEET_HEIGHT, max(1, round(width * _SHEET_HEIGHT / height)))
    return np.clip(np.rint(resize(picture, size)), 0, 255).astype(np.uint8)
