"""What the pack's nets see of a face, as the numbers that our classifier of minors was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.embeddings.alignment import embedding_chip, level_chip, mirrored
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime, only_input

# HSE's embedding, its distribution over ages and its gender; face-api's age and gender; dlib's embedding; expression
EMBEDDING: Final = 1024  # of HSE, the first of the features
WIDTH: Final = EMBEDDING + 100 + 1 + 1 + 1 + 128 + 7
_HSE_SIDE, _SMALL_SIDE = 224, 112
_HSE_MEAN = np.array([103.939, 116.779, 123.68], np.float32)  # BGR, as its authors trained it


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a face: `margin` around it in shares of its size, and whether as in a mirror."""

    pixels: Pixels
    face: Face
    margin: float
    mirror: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the nets answered on n looks.

    `features`: float32 (n, WIDTH), the classifier's input. `ages`: float32 (n, 2), years by HSE and by face-api.
    """

    features: Float
    ages: Float


def see(runtime: Runtime, looks: Sequence[Look]) -> Seen:
    """Run the nets on all `looks` at once; `runtime` has face_age_embedding, face_age_gender, face_embedding and
    face_expression. ValueError where a face lies outside its photo."""
    large = [_turned(level_chip(look.pixels, look.face, _HSE_SIDE, look.margin), look.mirror) for look in looks]
    aligned = [_turned(embedding_chip(look.pixels, look.face), look.mirror) for look in looks]
    # both small nets see the same crop at half the size
    half = (_SMALL_SIDE, _SMALL_SIDE)
    small = np.stack([np.asarray(cv2.resize(chip, half, interpolation=cv2.INTER_AREA), np.uint8) for chip in large])
    hse = _run(runtime, "face_age_embedding", np.stack(large)[..., ::-1].astype(np.float32) - _HSE_MEAN)
    years = _run(runtime, "face_age_gender", small)
    identity = _run(runtime, "face_embedding", np.stack(aligned))
    mood = _run(runtime, "face_expression", small)
    chances = hse["age_pred_Softmax_o"]
    features = [
        hse["global_pooling_Mean_o"],
        chances,
        hse["gender_pred_Sigmoid_o"],
        years["age"],
        years["gender_male_female"][:, :1],
        identity["descriptor"],
        mood["expression"],
    ]
    expected = chances @ np.arange(1, 101, dtype=np.float32)
    return Seen(
        np.concatenate(features, axis=1).astype(np.float32),
        np.stack([expected, years["age"][:, 0]], axis=1).astype(np.float32),
    )


def _turned(chip: Pixels, mirror: bool) -> Pixels:
    return mirrored(chip) if mirror else chip


def _run(runtime: Runtime, model: str, batch: Pixels | Float) -> dict[str, Float]:
    name = only_input(runtime.session(model))
    return runtime.run(model, {name: np.ascontiguousarray(batch, np.float32)})
