"""Likeness of faces after a repair: what would make a face look like another person is left out on that face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.arrays import Mask, Pixels
from pipeline.faces.descriptor import MODEL, describe_face
from pipeline.faces.finder import Face
from pipeline.restore.repair import repair_defects
from pipeline.runtime import Runtime

LEAST_LIKENESS: Final = 0.99
"""Cosine of a face's descriptor after the repair to the one before, at least. Repairs that bring faces with drawn
damage nearer to the whole photo keep 0.996, and those of cracked prints 0.998; a nose without nostrils had 0.972."""
_AROUND: Final = 0.35  # of a face's longer side around its box: what the descriptor sees


def repair_photo(pixels: Pixels, mask: Mask, faces: Sequence[Face], runtime: Runtime | None) -> Pixels:
    """Fill the defects of a photo, but for those on a face that would then be less like itself than LEAST_LIKENESS.

    Args:
        pixels: uint8 H×W×3 RGB.
        mask: bool H×W, what is hidden.
        faces: All its faces.
        runtime: Has the model face_embedding; without it nothing is compared.

    Returns:
        The same shape.
    """
    repaired = repair_defects(pixels, mask)
    if runtime is None or not runtime.has(MODEL):
        return repaired
    kept = mask.copy()
    for face in faces:
        area = _area(face, mask.shape)
        if mask[area].any() and _likeness(runtime, pixels, repaired, face) < LEAST_LIKENESS:
            kept[area] = False
    return repaired if np.array_equal(kept, mask) else repair_defects(pixels, kept)


def _area(face: Face, size: Sequence[int]) -> tuple[slice, slice]:
    """Rows and columns of a photo (height, width) that the descriptor sees of a face."""
    x0, y0, x1, y1 = map(float, face.box)
    around = _AROUND * max(x1 - x0, y1 - y0)
    return (
        slice(max(0, int(y0 - around)), max(0, min(size[0], int(y1 + around) + 1))),
        slice(max(0, int(x0 - around)), max(0, min(size[1], int(x1 + around) + 1))),
    )


def _likeness(runtime: Runtime, before: Pixels, after: Pixels, face: Face) -> float:
    return float(describe_face(runtime, before, face) @ describe_face(runtime, after, face))
