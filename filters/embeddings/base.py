"""The interface of a pack of face nets: who a face is like, and how old it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face


@dataclass(frozen=True, slots=True)
class Likeness:
    """One face's embeddings.

    `vectors`: float32, one a net, each of unit length. `legible`: how much of a face the nets made out, about 1 on a
    clear one, lower the more it is damaged. `width`: of the face between the cheeks, in photo pixels.
    """

    vectors: tuple[Float, ...]
    legible: float
    width: float


@dataclass(frozen=True, slots=True)
class Rule:
    """When two faces are one person's.

    A distance is the sum of the vectors' distances times `weights`. `same`: up to it they are; `same_small`: where the
    face is narrower than `small` pixels between the cheeks. `open_small`, `open_damaged`: up to it they may be, where
    the face is that small, or less `legible` than that.
    """

    weights: tuple[float, ...]
    same: float
    same_small: float
    open_small: float
    open_damaged: float
    small: float = 60.0
    legible: float = 0.68

    def distance(self, distances: Sequence[float]) -> float:
        return sum(weight * one for weight, one in zip(self.weights, distances, strict=True))


class FaceAnalyser(Protocol):
    """`pack`: names nets and alignment; galleries belong to it. `sizes`: of the vectors. `rule`: when two faces are
    one person's."""

    pack: str
    sizes: tuple[int, ...]
    rule: Rule

    def of(self, pixels: Pixels, face: Face) -> Likeness:
        """The likeness of `face` on `pixels` (uint8 H×W×3 RGB). ValueError where the face lies outside."""
        ...

    def ages(self, pixels: Pixels, face: Face) -> tuple[float, ...]:
        """Readings of the age in years, none where the pack has no net for it."""
        ...


def unit(vector: Float) -> Float:
    """The vector with length 1."""
    return np.asarray(vector / max(1e-6, float(np.linalg.norm(vector))), np.float32)
