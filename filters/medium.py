"""The filter of what is no photo of a person: a drawing, a statue or an animal, told by a small net of our own.

It reads HSE's embedding of the face, which holds the kind of picture beside the person, and the face's colour.
Paintings are a kind of their own, and welcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from filters.face_features import FaceFeatures
from pipeline.arrays import Float, Pixels
from pipeline.faces.hse import EMBEDDING_OUTPUT, HSE_SIDE

MODEL: Final = "medium"  # weights/medium.onnx, see weights/train/medium_card.md
KINDS: Final = ("photo", "painting", "drawing", "statue", "animal")
ANIMAL: Final = "animal"
# Chance of a drawing, a statue and an animal together from which on a face is one of them, see docs/filters.md
THRESHOLD: Final = 0.85
# The same for a face that is narrower than this, pixels: of few the net is too sure
_SMALL, _SMALL_THRESHOLD = 80.0, 0.95
# Share of the statue in that chance from which on it is one: the training has few statues
_STATUE: Final = 0.3
# Chance of a photo from which on even colours are light, and not a flat drawing
_SURELY_PHOTO: Final = 0.9
# A face of one cold colour, which no skin has, is cast or hewn where the net doubts the photo: of 41 statues 12 are so,
# of 2,404 looks at photos none, of 495 paintings one. Lab: greener than this, no yellower, no more spread (10th to 90th
# percentile)
_COLD: Final = -1.0
_YELLOWEST: Final = 10.0
_ONE_COLOUR: Final = 12.0
_DOUBTED_PHOTO: Final = 0.5


@dataclass(frozen=True, slots=True)
class MediumReading:
    """The kind of picture that one face is on."""

    chances: tuple[float, ...]
    """The chance of each of KINDS, 0..1, together 1."""
    width: float = _SMALL
    """The width of the face, pixels of the picture."""
    is_cold: bool = False
    """Whether the face has one colour that is no skin's, such as copper's green."""

    @property
    def kind(self) -> str:
        """ "drawing", "statue" or "animal", where the face is one; "" on a photo and on a painting."""
        _, _, drawing, statue, animal = self.chances
        if drawing + statue + animal < (THRESHOLD if self.width >= _SMALL else _SMALL_THRESHOLD):
            return "statue" if self.is_cold and self.chances[0] < _DOUBTED_PHOTO else ""
        if animal > max(drawing, statue):
            return ANIMAL
        return "statue" if statue > _STATUE * (drawing + statue) else "drawing"

    @property
    def is_surely_photo(self) -> bool:
        """Whether the picture is a photo, whatever its colours look like."""
        return self.chances[0] > _SURELY_PHOTO


def read_medium(features: FaceFeatures) -> MediumReading:
    """Tell a photo from a painting, a drawing, a statue and an animal.

    Whatever the runtime raises passes through.

    Args:
        features: One face on a picture; its runtime has the models face_age_embedding and medium.

    Raises:
        ValueError: The face lies outside the picture, or the net is not the one that this filter knows.
    """
    embedding = features.hse(mirrored=False)[EMBEDDING_OUTPUT]
    logits = features.runtime.run(MODEL, {"features": np.asarray(embedding, np.float32)})["logits"]
    if logits.shape != (1, len(KINDS)) or not np.isfinite(logits).all():
        raise ValueError(f"the model {MODEL} answers {logits.shape}, it is not the one this filter knows")
    left, _, right, _ = features.face.box
    chances = tuple(float(chance) for chance in _softmax(logits[0]))
    return MediumReading(chances, float(right - left), is_cold(features.level_chip(mirrored=False)))


def is_cold(chip: Pixels) -> bool:
    """Whether a level face (uint8 224×224×3, RGB) has one cold colour, as weathered copper or shaded stone has."""
    across, down = np.meshgrid(*2 * [np.linspace(-0.5, 0.5, HSE_SIDE)])
    inside = (across / 0.3) ** 2 + ((down - 0.03) / 0.36) ** 2 < 1
    lab = cv2.cvtColor(chip.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[inside]
    low, green, high = np.percentile(lab[:, 1], (10, 50, 90))
    return bool(green < _COLD and high - low < _ONE_COLOUR and np.median(lab[:, 2]) < _YELLOWEST)


def _softmax(logits: Float) -> Float:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)
