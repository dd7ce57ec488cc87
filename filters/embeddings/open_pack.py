"""The open pack of face nets: dlib's and HSE's embeddings, which may be used without a licence of one's own."""

from __future__ import annotations

from typing import Final

import numpy as np

from filters.embeddings.base import FaceEmbedding, MatchRule, normalize
from filters.face_features import FaceFeatures
from pipeline.arrays import Pixels
from pipeline.faces.alignment import level_chip, mirror
from pipeline.faces.finder import Face, cheek_width
from pipeline.faces.hse import HSE_SIDE, run_hse
from pipeline.runtime import Runtime

_HSE_MARGIN: Final = 0.0
_HSE_CLEAR: Final = 15.4  # length of its embedding on clean portraits, median; 8.9 under every damage at once


class OpenAnalyser:
    """Embeddings by the open pack; `runtime` has face_embedding and face_age_embedding."""

    pack = "open-1"
    """The name of the pack; a change of the nets or the chips needs another one."""
    sizes: tuple[int, ...] = (128, 1024)
    """The sizes of the vectors: dlib's ResNet, HSE's MobileNet."""
    # Under all damage together a face comes nearer to itself by at most 0.12 without its grain, of 20 faces.
    # The rates of pairs of strangers are in docs/filters.md. By those of East Asian faces, of which these nets tell
    # strangers apart worst, `unsure_among` refuses at most one stranger in twenty.
    rule = MatchRule(
        weights=(1.0, 0.5), same=0.72, same_small=0.62, unsure=0.80, unsure_step=0.06, unsure_soft=0.9,
        unsure_damaged=1.0, grain=0.25,
    )  # fmt: skip
    """The rule by which two embeddings are one person's."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def embed(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> FaceEmbedding:
        """See `FaceAnalyser`."""
        features = features or FaceFeatures(pixels, face, self._runtime)
        dlib = np.concatenate([features.descriptor(mirrored=mirrored) for mirrored in (False, True)])
        level = level_chip(pixels, face, HSE_SIDE, _HSE_MARGIN)
        hse = run_hse(self._runtime, np.stack([level, mirror(level)]))["global_pooling_Mean_o"]
        vectors = (normalize(dlib.mean(axis=0)), normalize(hse.mean(axis=0)))
        return FaceEmbedding(vectors, float(np.linalg.norm(hse.mean(axis=0))) / _HSE_CLEAR, cheek_width(face))

    def read_ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        """None besides those that the filter of minors reads from the same nets."""
        return ()
