"""The descriptor of a face: how much one picture of a face is like another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float, Pixels
from pipeline.faces.alignment import embedding_chip, mirror
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime, only_input

MODEL = "face_embedding"
"""dlib's ResNet."""


def describe_chips(runtime: Runtime, chips: NDArray[np.uint8]) -> Float:
    """dlib's descriptors of aligned chips (uint8 n×150×150×3, RGB), float32 (n, 128)."""
    batch = np.ascontiguousarray(chips, np.float32)
    answer = runtime.run(MODEL, {only_input(runtime.session(MODEL)): batch})["descriptor"]
    return np.asarray(answer, np.float32).reshape(len(chips), -1)


def describe_face(runtime: Runtime, pixels: Pixels, face: Face) -> Float:
    """The descriptor of a face and of its mirror image together, float32 (128,), of length 1.

    Args:
        runtime: Has the model face_embedding.
        pixels: The photo, uint8 H×W×3 RGB.
        face: One of its faces.

    Raises:
        ValueError: The face lies outside the photo.
    """
    chip = embedding_chip(pixels, face)
    both = describe_chips(runtime, np.stack([chip, mirror(chip)])).sum(axis=0)
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), np.float32)
