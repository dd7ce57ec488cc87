"""Features of an age: the numbers that the pack's nets read of a face, the input of our classifier of minors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.face_features import FaceFeatures
from pipeline.arrays import Float, Pixels
from pipeline.faces.alignment import embedding_chip, level_chip, mirror
from pipeline.faces.descriptor import describe_chips
from pipeline.faces.finder import Face
from pipeline.faces.hse import HSE_SIDE, run_hse, run_net
from pipeline.runtime import Runtime

# HSE's embedding, its distribution over ages and its gender; face-api's age and gender; dlib's embedding; expression
EMBEDDING: Final = 1024  # of HSE, the first of the features
WIDTH: Final = EMBEDDING + 100 + 1 + 1 + 1 + 128 + 7
_SMALL_SIDE: Final = 112  # pixels


@dataclass(frozen=True, slots=True)
class AgeCrop:
    """A crop of a photo around one face, as the age nets are to see it."""

    pixels: Pixels
    """The whole photo, uint8 H×W×3, RGB."""
    face: Face
    """The face in it."""
    margin: float
    """The margin on each side of the face, in shares of its longer side; may be negative."""
    mirrored: bool
    """Whether the nets see the face as in a mirror."""


@dataclass(frozen=True, slots=True)
class AgeFeatures:
    """The answers of the nets on n crops."""

    vectors: Float
    """The input of the classifier, float32 (n, WIDTH)."""
    ages: Float
    """Years by HSE and by face-api, float32 (n, 2)."""


def extract_age_features(runtime: Runtime, crops: Sequence[AgeCrop]) -> AgeFeatures:
    """Run the nets on all crops at once.

    Args:
        runtime: Has face_age_embedding, face_age_gender, face_embedding and face_expression.
        crops: The faces, at least one.

    Raises:
        ValueError: A face lies outside its photo.
    """
    large = [_mirror_if(crop.mirrored, level_chip(crop.pixels, crop.face, HSE_SIDE, crop.margin)) for crop in crops]
    aligned = [_mirror_if(crop.mirrored, embedding_chip(crop.pixels, crop.face)) for crop in crops]
    return _join(runtime, large, run_hse(runtime, np.stack(large)), describe_chips(runtime, np.stack(aligned)))


def read_age_features(features: FaceFeatures, *, mirrored: bool) -> AgeFeatures:
    """The features of one look at one face, as `extract_age_features` of a crop with MARGIN, from what is known."""
    chip = features.level_chip(mirrored=mirrored)
    return _join(features.runtime, [chip], features.hse(mirrored=mirrored), features.descriptor(mirrored=mirrored))


def _join(runtime: Runtime, large: Sequence[Pixels], hse: Mapping[str, Float], identity: Float) -> AgeFeatures:
    """The features of level chips, of which the answers of HSE's and dlib's nets are known."""
    # both small nets see the same crop at half the size
    half = (_SMALL_SIDE, _SMALL_SIDE)
    small = np.stack([np.asarray(cv2.resize(chip, half, interpolation=cv2.INTER_AREA), np.uint8) for chip in large])
    face_api = run_net(runtime, "face_age_gender", small)
    distribution = hse["age_pred_Softmax_o"]
    vectors = [
        hse["global_pooling_Mean_o"],
        distribution,
        hse["gender_pred_Sigmoid_o"],
        face_api["age"],
        face_api["gender_male_female"][:, :1],
        identity,
        run_net(runtime, "face_expression", small)["expression"],
    ]
    expected_age = distribution @ np.arange(1, 101, dtype=np.float32)
    return AgeFeatures(
        np.concatenate(vectors, axis=1).astype(np.float32),
        np.stack([expected_age, face_api["age"][:, 0]], axis=1).astype(np.float32),
    )


def _mirror_if(mirrored: bool, chip: Pixels) -> Pixels:
    return mirror(chip) if mirrored else chip
