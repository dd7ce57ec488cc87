"""The interface of a pack of face nets: embeddings, the rule that compares them, and readings of the age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from filters.face_features import FaceFeatures
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face


@dataclass(frozen=True, slots=True)
class FaceEmbedding:
    """The embedding of one face on one photo."""

    vectors: tuple[Float, ...]
    """One vector of each net, float32 (size,), of unit length."""
    clarity: float
    """The share of a face that the nets make out: about 1 on a clear one, lower the more it is damaged."""
    width: float
    """The width of the face between the cheeks, in pixels of the photo."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """The rule by which two faces are one person's, by the distance between their embeddings."""

    weights: tuple[float, ...]
    """The weight of each net: a distance is the weighted sum of the distances between the vectors."""
    same: float
    """The distance up to which two faces are one person's."""
    same_small: float
    """The same for a small face, see `small_width`."""
    unsure: float
    """The distance up to which any face may be that person's, in a gallery of one photo: it can't be told."""
    unsure_step: float
    """How much nearer that distance comes with each tenfold of the gallery, since strangers are near to somebody of
    many; it never comes nearer than `same`."""
    unsure_soft: float
    """The distance up to which a soft face may be that person's, whatever the gallery."""
    unsure_damaged: float
    """The distance up to which a damaged face, see `clear`, may be that person's."""
    grain: float = float("inf")
    """How much nearer a face may come without its grain: a face that is farther is not looked at again."""
    small_width: float = 60.0
    """The width between the cheeks, in pixels, below which a face is small."""
    clear: float = 0.68
    """The clarity below which a face is damaged."""

    def unsure_among(self, photos: int) -> float:
        """The distance up to which a clear face may be somebody's of a gallery of so many photos."""
        return max(self.same, self.unsure - self.unsure_step * float(np.log10(max(1, photos))))

    def distance(self, distances: Sequence[float]) -> float:
        """The distance of two faces from the distances of their vectors, one of each net."""
        return sum(weight * one for weight, one in zip(self.weights, distances, strict=True))


class FaceAnalyser(Protocol):
    """A pack of face nets."""

    pack: str
    """The name of the nets and their alignment; a gallery belongs to it."""
    sizes: tuple[int, ...]
    """The sizes of the vectors of an embedding."""
    rule: MatchRule
    """The rule by which two embeddings are one person's."""

    def embed(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> FaceEmbedding:
        """The embedding of `face` on `pixels` (uint8 H×W×3, RGB), of which `features` may be known already.

        Raises:
            ValueError: The face lies outside the photo.
        """
        ...

    def read_ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        """Readings of the age in years; none where the pack has no net for it."""
        ...


def normalize(vector: Float) -> Float:
    """The vector with length 1."""
    return np.asarray(vector / max(1e-6, float(np.linalg.norm(vector))), np.float32)
