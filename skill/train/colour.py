"""`python -m skill.train.colour FOLDER…`: trains the colour net, weights/colour.onnx, on colour photos.

It needs the extra `export` (torch).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.errors import PhotoError
from pipeline.faces.crop import Square, crop
from pipeline.faces.finder import Face, FaceFinder
from pipeline.image_ops import resize
from pipeline.photo.load import read_photo
from pipeline.restore.colour import near_square, to_grey, wide_square
from pipeline.restore.colour_presence import is_colourless
from pipeline.restore.colour_view import NOWHERE, draw_parts, draw_people, face_plane, plane_on
from pipeline.runtime import Runtime
from skill.local_render import open_runtime

SIDE: Final = 144
"""Pixels of a chip."""
_LONG_SIDE: Final = 400
_SKIN_HUE: Final = 52.0  # degrees in Lab, of skin of any lightness in white light
_SKIN_HUES: Final = (15.0, 90.0)  # beyond them it is the light that has a colour
_SKIN_SATURATIONS: Final = (8.0, 45.0)
_BALANCE: Final = 0.7  # share of the light's own colour that is taken away

Chip = tuple[Pixels, Pixels, Float]
"""Picture, masks and plane, as `weights.train.colour_samples.Chips` wants them."""


def prepare_chips(folders: Sequence[Path], runtime: Runtime) -> Iterator[Chip]:
    """The chips of all photos of folders: the face and the half-length of its main person, or the middle.

    Args:
        folders: They and the folders in them hold colour photos; a photo without colour is passed by.
        runtime: Has the models of the face finder and person_segmentation.
    """
    finder = FaceFinder(runtime)
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        try:
            pixels = read_photo(path, long_side=_LONG_SIDE)
        except PhotoError:
            continue
        if not is_colourless(pixels):
            yield from _cut(pixels, finder.find(pixels), runtime)


def _cut(pixels: Pixels, faces: tuple[Face, ...], runtime: Runtime) -> Iterator[Chip]:
    height, width = pixels.shape[:2]
    if not faces:
        square = Square((width - 1) / 2, (height - 1) / 2, float(min(height, width)))
        yield _chip(pixels, square, (), np.array(NOWHERE), runtime)
        return
    squares = [near_square(faces[0], pixels.shape[:2]), wide_square(faces[0], pixels.shape[:2])]
    balanced = balance_light(pixels, faces[0])
    if balanced is None:
        return
    alike = squares[1].size < 1.25 * squares[0].size
    for square in squares[1:] if alike else squares:
        yield _chip(balanced, square, faces, plane_on(face_plane(faces[0]), square, SIDE), runtime)


def _chip(pixels: Pixels, square: Square, faces: tuple[Face, ...], plane: Double, runtime: Runtime) -> Chip:
    chip = crop(pixels, square, SIDE)
    people = resize(draw_people(runtime, to_grey(pixels), square), (SIDE, SIDE))
    parts = np.dstack([draw_parts(faces, square, SIDE), people])
    return chip, parts, plane.astype(np.float32)


def balance_light(pixels: Pixels, face: Face) -> Pixels | None:
    """A photo as white light would show it, judged by the skin of a face; None where the light is too strange."""
    side = 64
    square = near_square(face, pixels.shape[:2])
    chip = crop(pixels, square, side).astype(np.float32) / 255
    skin = draw_parts([face], square, side)[..., 0] > 128
    if not skin.any():
        return None
    a, b = np.median(cv2.cvtColor(chip, cv2.COLOR_RGB2LAB)[skin][:, 1:], axis=0)
    hue, saturation = float(np.degrees(np.arctan2(b, a))), float(np.hypot(a, b))
    if not (_SKIN_HUES[0] < hue < _SKIN_HUES[1] and _SKIN_SATURATIONS[0] < saturation < _SKIN_SATURATIONS[1]):
        return None
    wanted = np.clip(saturation, 14, 28) * np.array([np.cos(np.radians(_SKIN_HUE)), np.sin(np.radians(_SKIN_HUE))])
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    middle = 1 - ((lab[..., :1] - 50) / 50) ** 4  # black and white have no colour to lose
    lab[..., 1:] += (_BALANCE * (wanted - (a, b)) * middle).astype(np.float32)
    return np.clip(np.rint(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255), 0, 255).astype(np.uint8)


def main(folders: Sequence[Path]) -> None:
    """Prepare the photos of folders and train on them."""
    from weights.train.colour import main as train  # noqa: PLC0415  (torch)

    with TemporaryDirectory() as place:
        file = Path(place) / "chips.npz"
        save_chips(prepare_chips(folders, open_runtime()), file)
        train(file)


def save_chips(chips: Iterator[Chip], target: Path) -> None:
    """Write chips as `weights.train.colour` reads them."""
    pixels, parts, planes = zip(*chips, strict=True)
    np.savez(target, pixels=np.stack(pixels), parts=np.stack(parts), planes=np.stack(planes))


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
