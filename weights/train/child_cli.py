"""`python -m weights.train.child_cli FOLDER`: faces of labelled photos → features → weights/child.onnx.

Here, because only this package may use both the filters' own features and the trainer. The features are kept in
one file (`--features`) and taken from there the next time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from filters.age_features import Look, see
from filters.bench import Labelled, labelled
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime
from weights.train.child import Examples, bars, to_onnx, train
from weights.train.damage import random_damage

LOOKS: Final = 3  # at each photo: the first undamaged and not moved
REFUSED: Final = {"normal": 0.10, "strict": 0.20}  # share of adults from 25 on that each level may refuse
_BATCH: Final = 16


def look_at(photos: tuple[Labelled, ...], runtime: Runtime) -> Examples:
    """`LOOKS` looks at each photo with a face; photos without one are left out."""
    features, ages, numbers, damaged = [], [], [], []
    finder, batch = FaceFinder(runtime), list[Look]()
    for number, photo in enumerate(photos):
        pixels = read_photo(photo.path)
        faces = finder.find(pixels)
        if faces:
            batch += _looks(pixels, faces[0], photo.path.name)
            ages += [photo.age] * LOOKS
            numbers += [number] * LOOKS
            damaged += [look > 0 for look in range(LOOKS)]
        if len(batch) >= _BATCH or (batch and number == len(photos) - 1):
            features.append(see(runtime, batch).features.astype(np.float16))
            batch = []
    return Examples(np.concatenate(features), np.array(ages), np.array(numbers), np.array(damaged))


def _looks(pixels: Pixels, face: Face, name: str) -> Iterator[Look]:
    yield Look(pixels, face, 0.05, False)
    for number in range(2, LOOKS + 1):
        # by name: the same whatever other photos there are
        rng = np.random.default_rng([7, number, zlib.crc32(name.encode())])
        harmed = random_damage(pixels, rng)
        yield Look(harmed, _jittered(face, rng), float(rng.uniform(-0.02, 0.14)), bool(number % 2))


def _jittered(face: Face, rng: np.random.Generator) -> Face:
    """The same face found a little wrong: turned, grown, shifted, as on a damaged photo."""
    points = face.landmarks.copy()
    middle, size = points[:, :2].mean(axis=0), float(np.ptp(points[:, :2], axis=0).max())
    turn, scale = float(rng.normal(0, 0.035)), float(np.exp(rng.normal(0, 0.03)))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    points[:, :2] = (points[:, :2] - middle) @ matrix.T + middle + rng.normal(0, 0.015, 2) * size
    return replace(face, landmarks=points.astype(np.float32))


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Photos named AGE_SEX_….")],
    features: Annotated[Path, typer.Option(help="Where the features are kept.")] = Path("child-features.npz"),
    out: Annotated[Path, typer.Option("-o", "--out")] = Path("weights/child.onnx"),
) -> None:
    """Train the classifier of minors, and print the bars that its folds ask for."""
    if features.exists():
        with np.load(features) as kept:
            examples = Examples(**kept)
    else:
        examples = look_at(labelled(folder), open_runtime())
        np.savez(features, **asdict(examples))
    for level, bar in bars(examples, REFUSED).items():
        typer.echo(f"{level}: {bar:.3f}")
    out.write_bytes(to_onnx(train(examples)))


if __name__ == "__main__":
    typer.run(main)
