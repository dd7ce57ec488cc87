"""The filter of what is no photo of a person: a drawing or a statue, told by a small net of our own.

It reads HSE's embedding of the face, which holds the kind of picture beside the person. Paintings are a kind of their
own, and welcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from filters.face_features import FaceFeatures
from pipeline.arrays import Float

MODEL: Final = "medium"  # weights/medium.onnx, see weights/train/medium_card.md
KINDS: Final = ("photo", "painting", "drawing", "statue")
# Chance of a drawing and a statue together from which on a face is one of both, see docs/filters.md
THRESHOLD: Final = 0.8
# The same for a face that is narrower than this, pixels: of few the net is too sure
_SMALL, _SMALL_THRESHOLD = 80.0, 0.95
# Share of the statue in that chance from which on it is one: the training has few statues
_STATUE: Final = 0.3
# Chance of a photo from which on even colours are light, and not a flat drawing
_SURELY_PHOTO: Final = 0.9


@dataclass(frozen=True, slots=True)
class MediumReading:
    """The kind of picture that one face is on."""

    chances: tuple[float, ...]
    """The chance of each of KINDS, 0..1, together 1."""
    width: float = _SMALL
    """The width of the face, pixels of the picture."""

    @property
    def kind(self) -> str:
        """ "drawing" or "statue", where the face is one; "" on a photo and on a painting."""
        _, _, drawing, statue = self.chances
        if drawing + statue < (THRESHOLD if self.width >= _SMALL else _SMALL_THRESHOLD):
            return ""
        return "statue" if statue > _STATUE * (drawing + statue) else "drawing"

    @property
    def is_surely_photo(self) -> bool:
        """Whether the picture is a photo, whatever its colours look like."""
        return self.chances[0] > _SURELY_PHOTO


def read_medium(features: FaceFeatures) -> MediumReading:
    """Tell a photo from a painting, a drawing and a statue.

    Whatever the runtime raises passes through.

    Args:
        features: One face on a picture; its runtime has the models face_age_embedding and medium.

    Raises:
        ValueError: The face lies outside the picture, or the net is not the one that this filter knows.
    """
    embedding = features.hse(mirrored=False)["global_pooling_Mean_o"]
    logits = features.runtime.run(MODEL, {"features": np.asarray(embedding, np.float32)})["logits"]
    if logits.shape != (1, len(KINDS)) or not np.isfinite(logits).all():
        raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one this filter knows")
    left, _, right, _ = features.face.box
    return MediumReading(tuple(float(chance) for chance in _softmax(logits[0])), float(right - left))


def _softmax(logits: Float) -> Float:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)
