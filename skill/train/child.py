"""`python -m skill.train.child FOLDER…`: trains the classifier of minors, weights/child.onnx, on labelled photos.

The features of the faces are kept in one file (`--features`) and taken from there the next time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from filters.age_features import AgeCrop, extract_age_features
from filters.bench import LabelledPhoto, find_labelled_photos
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime
from weights.train.child import Examples, find_thresholds, to_onnx, train
from weights.train.damage import apply_random_damage

CROPS: Final = 3  # of each photo: the first undamaged and in its place
REFUSED: Final = {"normal": 0.10, "strict": 0.20}  # share of adults from 25 on that each level may refuse
_BATCH: Final = 16


def extract_examples(photos: tuple[LabelledPhoto, ...], runtime: Runtime) -> Examples:
    """The features of CROPS crops of each photo; photos without a face are left out.

    Args:
        photos: Portraits whose ages are known.
        runtime: Has the models of the face finder and those of `filters.age_features`.
    """
    features, ages, numbers, damaged = [], [], [], []
    finder, batch = FaceFinder(runtime), list[AgeCrop]()
    for number, photo in enumerate(photos):
        pixels = read_photo(photo.path)
        faces = finder.find(pixels)
        if faces:
            batch += _crops(pixels, faces[0], photo.path.name)
            ages += [photo.age] * CROPS
            numbers += [number] * CROPS
            damaged += [crop > 0 for crop in range(CROPS)]
        if len(batch) >= _BATCH or (batch and number == len(photos) - 1):
            features.append(extract_age_features(runtime, batch).vectors.astype(np.float16))
            batch = []
    return Examples(np.concatenate(features), np.array(ages), np.array(numbers), np.array(damaged))


def _crops(pixels: Pixels, face: Face, name: str) -> Iterator[AgeCrop]:
    yield AgeCrop(pixels, face, 0.05, False)
    for number in range(2, CROPS + 1):
        # by name: the same whatever other photos there are
        rng = np.random.default_rng([7, number, zlib.crc32(name.encode())])
        damaged = apply_random_damage(pixels, rng)
        yield AgeCrop(damaged, _jitter(face, rng), float(rng.uniform(-0.02, 0.14)), bool(number % 2))


def _jitter(face: Face, rng: np.random.Generator) -> Face:
    """The same face found a little wrong: turned, grown, shifted, as on a damaged photo."""
    points = face.landmarks.copy()
    middle, size = points[:, :2].mean(axis=0), float(np.ptp(points[:, :2], axis=0).max())
    turn, scale = float(rng.normal(0, 0.035)), float(np.exp(rng.normal(0, 0.03)))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    points[:, :2] = (points[:, :2] - middle) @ matrix.T + middle + rng.normal(0, 0.015, 2) * size
    return replace(face, landmarks=points.astype(np.float32))


def main(
    folders: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Folders of portraits named AGE_SEX_…, for example 34_1_photo.jpg (sex is 0 for male, 1 for female),"
            " or as All-Age-Faces names its own: 05793A44.jpg.",
        ),
    ],
    features: Annotated[
        Path, typer.Option(help="The file in which the features of the faces are kept for the next time.")
    ] = Path("child-features.npz"),
    out: Annotated[Path, typer.Option("-o", "--out", help="The model file to write.")] = Path("weights/child.onnx"),
) -> None:
    """Train the classifier of minors, and print the thresholds that its folds ask for."""
    if features.exists():
        with np.load(features) as stored:
            examples = Examples(**stored)
    else:
        photos = tuple(photo for folder in folders for photo in find_labelled_photos(folder))
        examples = extract_examples(photos, open_runtime())
        np.savez(features, **asdict(examples))
    for level, threshold in find_thresholds(examples, REFUSED).items():
        typer.echo(f"{level}: {threshold:.3f}")
    out.write_bytes(to_onnx(train(examples)))


if __name__ == "__main__":
    typer.run(main)
