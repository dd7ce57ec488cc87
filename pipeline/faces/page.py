"""The page of a file of several that is meant: the one with the largest face."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.faces.finder import FaceFinder
from pipeline.faces.upright import find_upright
from pipeline.photo.load import read_pages

_SIDE: Final = 1024
"""Pixels of a page's longer side while faces are looked for."""


def choose_page(finder: FaceFinder, source: Path | bytes) -> int | None:
    """Choose a page of a TIFF or a PDF.

    Args:
        finder: Finds the faces.
        source: The file, or its bytes.

    Returns:
        The number from 0 of the page whose largest face is the largest of all; where there is no face, of the first
        page that is not blank. None for a file with one page, or with blank ones alone.

    Raises:
        PhotoError: The file can't be read.
    """
    best: tuple[float, int | None] = (-1.0, None)
    for number, pixels in read_pages(source, _SIDE):
        _, faces = find_upright(finder, pixels)
        size = max((float(face.box[2] - face.box[0]) for face in faces), default=0.0)
        best = max(best, (size, number), key=lambda one: one[0])
    return best[1]
