"""`python -m skill.train.hidden FOLDER`: trains the net that tells covered heads, weights/hidden.onnx.

FOLDER holds three folders of pictures: `masked` (people with masks), `free` (people without) and `other` (animals,
things, no people).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from filters.face_features import FaceFeatures
from pipeline.arrays import Float
from pipeline.errors import PhotoError
from pipeline.faces.covered_head import MASKED, PERSON, cut_head
from pipeline.faces.detector import Detector
from pipeline.faces.finder import HEAD_SCORE, FaceFinder
from pipeline.faces.hse import EMBEDDING_OUTPUT, run_hse
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.local_render import open_runtime
from weights.train.child import to_onnx
from weights.train.hidden import OUTPUTS, judge_by_folds, train

KINDS: Final = ("masked", "free", "other")


def extract_examples(folder: Path, runtime: Runtime) -> Iterator[tuple[str, tuple[float, float], Float]]:
    """(name, target of each of OUTPUTS, embedding) of the places of each picture, and of its first sure face."""
    finder, detector = FaceFinder(runtime), Detector(runtime)
    for path in (path for kind in KINDS for path in sorted((folder / kind).rglob("*")) if path.is_file()):
        try:
            pixels = read_photo(path)
        except PhotoError:
            continue
        kind = path.relative_to(folder).parts[0]
        for place in detector.find(pixels)[:2]:
            chip = cut_head(pixels, place.square)
            if chip is not None and (kind == "other" or place.score >= HEAD_SCORE):
                yield path.name, (float(kind != "other"), np.nan), run_hse(runtime, chip[None])[EMBEDDING_OUTPUT][0]
        for face in finder.find(pixels)[:1] if kind != "other" else ():
            embedding = FaceFeatures(pixels, face, runtime).hse(mirrored=False)[EMBEDDING_OUTPUT]
            yield path.name, (np.nan, float(kind == "masked")), embedding[0]


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Holds masked, free and other.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The model file to write.")] = Path("weights/hidden.onnx"),
) -> None:
    """Train the net, and print what nets that did not see a picture say of it."""
    names, wanted, vectors = zip(*extract_examples(folder, open_runtime()), strict=True)
    features, targets = np.stack(vectors), np.array(wanted, np.float32)
    chances = 1 / (1 + np.exp(-judge_by_folds(features, targets, names)))
    for output, limit, given, true in zip(OUTPUTS, (PERSON, MASKED), chances.T, targets.T, strict=True):
        for answer in (1, 0):
            mine = given[true == answer]
            typer.echo(f"{output} {answer}: {len(mine)} looks, {100 * (mine > limit).mean():.1f} % called so")
    out.write_bytes(to_onnx(train(features, targets)))


if __name__ == "__main__":
    typer.run(main)
