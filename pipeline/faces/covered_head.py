"""Heads whose faces are covered, told by a small net of our own on HSE's embedding: a person's, or one with a mask."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.crop import Square, crop, cut_patch
from pipeline.faces.hse import EMBEDDING_OUTPUT, HSE_SIDE, run_hse
from pipeline.runtime import Runtime

MODEL: Final = "face_hidden"  # weights/hidden.onnx, see weights/train/hidden_card.md
# Chances from which on a place is a person's head, alone and where a mask is seen too, and a face has a mask. Of 344
# pictures of animals and things 2 have such a place, of 135 photos of masked people without a sure face 93; of 2,404
# looks at photos 2 have such a mask, of 239 masked faces that are found 231
PERSON: Final = 0.8
_MASKED_PERSON: Final = 0.5
MASKED: Final = 0.88
_SIDE: Final = 1.1  # side of the chip, in longer sides of the detector's box


def is_head(runtime: Runtime, pixels: Pixels, square: Square) -> bool:
    """Whether a place holds a person's head, whatever of its face is seen.

    Args:
        runtime: Has face_age_embedding and face_hidden.
        pixels: The photo, uint8 H×W×3, RGB.
        square: The place, see `Detection.square`.
    """
    chip = cut_head(pixels, square)
    if chip is None:
        return False
    person, masked = _chances(runtime, run_hse(runtime, chip[None])[EMBEDDING_OUTPUT])
    return person > PERSON or (person > _MASKED_PERSON and masked > MASKED)


def cut_head(pixels: Pixels, square: Square) -> Pixels | None:
    """The level chip of a place (see `is_head`), uint8 224×224×3, RGB; None where it lies outside the photo."""
    place = Square(square.x, square.y, square.size / 1.5 * _SIDE, square.angle)
    patch = cut_patch(pixels, place, HSE_SIDE, margin=_SIDE)
    return None if patch is None else crop(patch.pixels, patch.from_photo(place), HSE_SIDE)


def is_masked(runtime: Runtime, embedding: Float) -> bool:
    """Whether a level face wears a mask or a scarf.

    Args:
        runtime: Has face_hidden.
        embedding: HSE's of the face, (1, 1024).

    Raises:
        ValueError: The net has no answer, or is not the one that is known here.
    """
    return _chances(runtime, embedding)[1] > MASKED


def _chances(runtime: Runtime, embedding: Float) -> tuple[float, float]:
    """The chances of a person's head and of a mask, 0..1 each."""
    logits = runtime.run(MODEL, {"features": np.asarray(embedding, np.float32)})["logits"]
    if logits.shape != (1, 2) or not np.isfinite(logits).all():
        raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one that is known here")
    person, masked = (float(1 / (1 + np.exp(-np.clip(one, -60, 60)))) for one in logits[0])
    return person, masked
