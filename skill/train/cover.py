"""`python -m skill.train.cover FOLDER`: trains the net of covered faces, weights/cover.onnx, on portraits.

It needs the extra `export` (torch).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from filters.readability.face_view import MARGIN, SIDE, FaceView, cut_face_view
from pipeline.arrays import Float, Pixels
from pipeline.errors import PhotoError
from pipeline.faces.alignment import level_chip
from pipeline.faces.finder import FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime

CHIP_MARGIN = 0.25  # the prepared square is 1.5 times the face's longer side


def prepare_chips(folder: Path, runtime: Runtime) -> Iterator[tuple[Pixels, Float]]:
    """The main face of each photo of a folder, as `weights.train.cover` wants it.

    Args:
        folder: Holds portraits of adults with nothing before their faces, mostly.
        runtime: Has the models of the face finder.

    Yields:
        The chip, uint8 128×128×3, RGB, and the landmarks in its pixels, float32 (478, 2).
    """
    finder = FaceFinder(runtime)
    for path in sorted(folder.iterdir()):
        try:
            pixels = read_photo(path)
        except PhotoError:
            continue
        for face in finder.find(pixels)[:1]:
            yield level_chip(pixels, face, SIDE, CHIP_MARGIN), _chip_points(cut_face_view(pixels, face))


def _chip_points(view: FaceView) -> Float:
    """The landmarks of a view on the wider chip of the same size."""
    middle = (SIDE - 1) / 2
    scale = (1 + 2 * MARGIN) / (1 + 2 * CHIP_MARGIN)
    points: NDArray[np.float32] = (view.points - middle) * np.float32(scale) + np.float32(middle)
    return points


def main(folder: Path) -> None:
    """Prepare the faces of a folder and train on them."""
    from weights.train.cover import main as train  # noqa: PLC0415  (torch)

    chips, landmarks = zip(*prepare_chips(folder, open_runtime()), strict=True)
    with TemporaryDirectory() as place:
        file = Path(place) / "chips.npz"
        np.savez(file, chips=np.stack(chips), landmarks=np.stack(landmarks))
        train(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
