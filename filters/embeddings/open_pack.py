"""What a face looks like as numbers that are near for one person and far for two: the open pack's embeddings."""

from __future__ import annotations

from typing import Final

import numpy as np

from filters.embeddings.alignment import embedding_chip, level_chip, mirrored
from filters.embeddings.base import Likeness, Rule, unit
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face, cheek_width
from pipeline.runtime import Runtime, only_input

_HSE_SIDE: Final = 224
_HSE_MARGIN: Final = 0.0
_HSE_CLEAR: Final = 15.4  # length of its embedding on clean portraits, median; 8.9 under every damage at once
_HSE_MEAN = np.array([103.939, 116.779, 123.68], np.float32)  # BGR, as its authors trained it


class OpenAnalyser:
    """Embeddings by the open pack; `runtime` has face_embedding and face_age_embedding."""

    pack = "open-1"  # a gallery made with other nets or other chips has another name
    sizes: tuple[int, ...] = (128, 1024)  # dlib's ResNet, HSE's MobileNet
    # Measured on 64,620 pairs of different adults: 0.72 takes one pair in 5,000 for one person, see docs/filters.md
    rule = Rule(weights=(1.0, 0.5), same=0.72, same_small=0.62, open_small=0.85, open_damaged=1.0)

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def of(self, pixels: Pixels, face: Face) -> Likeness:
        """The likeness of `face` on `pixels` (uint8 H×W×3 RGB). ValueError where the face lies outside."""
        chip = embedding_chip(pixels, face)
        first = self._run("face_embedding", "descriptor", np.stack([chip, mirrored(chip)]).astype(np.float32))
        level = level_chip(pixels, face, _HSE_SIDE, _HSE_MARGIN)
        pair = np.stack([level, mirrored(level)])[..., ::-1].astype(np.float32) - _HSE_MEAN
        second = self._run("face_age_embedding", "global_pooling_Mean_o", pair)
        vectors = (unit(first.mean(axis=0)), unit(second.mean(axis=0)))
        return Likeness(vectors, float(np.linalg.norm(second.mean(axis=0))) / _HSE_CLEAR, cheek_width(face))

    def ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        """None beside those that the filter of minors reads from the same nets."""
        return ()

    def _run(self, model: str, output: str, batch: Float) -> Float:
        name = only_input(self._runtime.session(model))
        values = self._runtime.run(model, {name: np.ascontiguousarray(batch)})[output]
        return np.asarray(values, np.float32).reshape(len(batch), -1)
