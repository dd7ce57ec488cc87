"""`python -m skill.train.medium FOLDER`: trains the net of photos, paintings, drawings, statues, animals.

It is weights/medium.onnx. FOLDER holds a folder of pictures for each kind: `photo`, `painting`, `drawing`, `statue`,
`animal`. Where a kind holds folders, each is of one artist, whose pictures are judged by nets that saw none of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from filters.age_features import EMBEDDING, AgeCrop, extract_age_features
from filters.medium import KINDS, THRESHOLD
from pipeline.arrays import Float
from pipeline.errors import PhotoError
from pipeline.faces.finder import FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime
from weights.train.child import to_onnx
from weights.train.damage import apply_random_damage
from weights.train.medium import judge_by_folds, train, tune, widen
from weights.train.tuning import read_network

_MARGIN: Final = 0.05


def find_pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    """(kind, file) of each picture below the folders of the kinds, in the order of their names."""
    for kind in KINDS:
        yield from ((kind, path) for path in sorted((folder / kind).rglob("*")) if path.is_file())


def extract_examples(folder: Path, runtime: Runtime) -> Iterator[tuple[str, str, Float]]:
    """(kind, name of the artist's folder or of the file, embedding) twice for each picture with a face: as it is, and
    under random damage."""
    finder = FaceFinder(runtime)
    for kind, path in find_pictures(folder):
        try:
            pixels = read_photo(path)
        except PhotoError:
            continue
        faces = finder.find(pixels)
        if not faces:
            continue
        damaged = apply_random_damage(pixels, np.random.default_rng([5, zlib.crc32(path.name.encode())]))
        crops = [AgeCrop(picture, faces[0], _MARGIN, False) for picture in (pixels, damaged)]
        vectors = extract_age_features(runtime, crops).vectors[:, :EMBEDDING]
        name = path.name if path.parent == folder / kind else path.parent.name
        yield from ((kind, name, vector) for vector in vectors)


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Holds a folder for each kind.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The model file to write.")] = Path("weights/medium.onnx"),
    onto: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A model to go on from, with pictures that it has not seen."),
    ] = None,
) -> None:
    """Train the net, and print how many of each kind nets that did not see them refuse; or tune a trained one."""
    kinds, names, vectors = zip(*extract_examples(folder, open_runtime()), strict=True)
    features = np.stack(vectors)
    if onto is not None:
        out.write_bytes(to_onnx(tune(features, kinds, widen(read_network(onto.read_bytes(), features)))))
        return
    refused = judge_by_folds(features, kinds, names)[:, 2:].sum(axis=1) >= THRESHOLD
    for kind in KINDS:
        mine = refused[np.array(kinds) == kind]
        typer.echo(f"{kind}: {len(mine)} looks, {100 * mine.mean():.1f} % refused")
    out.write_bytes(to_onnx(train(features, kinds)))


if __name__ == "__main__":
    typer.run(main)
