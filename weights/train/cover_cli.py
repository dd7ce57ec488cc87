"""`python -m weights.train.cover_cli FOLDER`: faces of a folder of portraits → weights/cover.onnx. Needs torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from filters.embeddings.alignment import level_chip
from filters.readability.face_view import SIDE, View, view_of
from pipeline.arrays import Float, Pixels
from pipeline.errors import PhotoError
from pipeline.faces.finder import FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime

MARGIN = 0.25  # the prepared square is 1.5 times the face's longer side


def prepare(folder: Path, runtime: Runtime) -> Iterator[tuple[Pixels, Float]]:
    """(chip uint8 128×128×3, landmarks float32 (478, 2) in its pixels) of the main face of each photo."""
    finder = FaceFinder(runtime)
    for path in sorted(folder.iterdir()):
        try:
            pixels = read_photo(path)
        except PhotoError:
            continue
        for face in finder.find(pixels)[:1]:
            yield level_chip(pixels, face, SIDE, MARGIN), _wider(view_of(pixels, face))


def _wider(view: View) -> Float:
    """The view's points on the wider chip of the same size."""
    middle = (SIDE - 1) / 2
    points: NDArray[np.float32] = (view.points - middle) * np.float32(1.2 / (1 + 2 * MARGIN)) + np.float32(middle)
    return points


def main(folder: Path) -> None:
    from weights.train.cover import main as train  # noqa: PLC0415  (torch)

    chips, landmarks = zip(*prepare(folder, open_runtime()), strict=True)
    with TemporaryDirectory() as place:
        file = Path(place) / "chips.npz"
        np.savez(file, chips=np.stack(chips), landmarks=np.stack(landmarks))
        train(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
