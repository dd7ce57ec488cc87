"""The filter of public figures: decides whether a face is somebody's of the operator's gallery.

Where the face is too small or too damaged to tell, it says so, and the face is refused as undetermined.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filters.embeddings.base import FaceAnalyser, FaceEmbedding, MatchRule
from filters.face_features import FaceFeatures
from filters.gallery import Gallery
from filters.readability.quality import read_quality
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face, cheek_width

_FAR = 9.0  # the distance to an empty gallery


@dataclass(frozen=True, slots=True)
class PublicFigureReading:
    """The comparison of one face with the gallery."""

    reason: Reason | None
    """PUBLIC_FIGURE, UNDETERMINED where it can't be told, or None where the face is nobody's of the gallery."""
    distance: float
    """The distance to the nearest entry, by the rule of the pack."""
    name: str
    """The name of that entry, for the operator only; "" where the gallery is empty."""
    clarity: float
    """The clarity of the face, see `FaceEmbedding`; NaN where the gallery is empty."""
    width: float
    """The width of the face between the cheeks, in pixels of the photo."""


class PublicFigureFilter:
    """Compares faces with a gallery made by the same `analyser`."""

    def __init__(self, analyser: FaceAnalyser, gallery: Gallery) -> None:
        self._analyser = analyser
        self._gallery = gallery

    def judge(self, pixels: Pixels, face: Face, features: FaceFeatures | None = None) -> PublicFigureReading:
        """Compare `face` on `pixels` (uint8 H×W×3, RGB) with the gallery, as it is and without its grain.

        The nearer of the two counts. A face that is somebody's as it is, or so far that no grain can hide anybody, is
        looked at once; with an empty gallery not at all. Its `features` may be known already.

        Raises:
            ValueError: The face lies outside the photo.
        """
        photos, rule = len(self._gallery), self._analyser.rule
        if not photos:
            return PublicFigureReading(None, _FAR, "", np.nan, cheek_width(face))
        embedding = self._analyser.embed(pixels, face, features)
        unsure = _unsure(rule, embedding, is_soft=read_quality(pixels, face).is_soft, photos=photos)
        distance, name = self._find(embedding)
        same = rule.same_small if embedding.width < rule.small_width else rule.same
        if same < distance <= unsure + rule.grain:
            distance, name = min((distance, name), self._find(self._embed_smooth(pixels, face)))
        reason = _reason(distance, same, unsure)
        return PublicFigureReading(reason, distance, name, embedding.clarity, embedding.width)

    def _find(self, embedding: FaceEmbedding) -> tuple[float, str]:
        """The distance and the name of the nearest entry."""
        found, rule = self._gallery.find_nearest(embedding), self._analyser.rule
        return min(((rule.distance(one.distances), one.name) for one in found), default=(_FAR, ""))

    def _embed_smooth(self, pixels: Pixels, face: Face) -> FaceEmbedding:
        """The embedding of the face without grain and scratches: half way back to the person (docs/filters.md)."""
        left, top, right, bottom = face.box
        reach = max(right - left, bottom - top)
        rows = slice(max(0, int(top - reach)), int(bottom + reach))
        columns = slice(max(0, int(left - reach)), int(right + reach))
        smooth = pixels.copy()
        smooth[rows, columns] = cv2.bilateralFilter(cv2.medianBlur(pixels[rows, columns], 5), 7, 40, 5)
        return self._analyser.embed(smooth, face)


def _unsure(rule: MatchRule, embedding: FaceEmbedding, *, is_soft: bool, photos: int) -> float:
    """The distance up to which this face may be somebody's of so many photos."""
    unsure = rule.unsure_among(photos)
    if is_soft:
        unsure = max(unsure, rule.unsure_soft)
    if embedding.clarity < rule.clear:
        unsure = max(unsure, rule.unsure_damaged)
    return unsure


def _reason(distance: float, same: float, unsure: float) -> Reason | None:
    """The reason, by the distance to the nearest entry; None where the face is nobody's."""
    if not np.isfinite(distance):
        return Reason.UNDETERMINED
    if distance <= same:
        return Reason.PUBLIC_FIGURE
    return Reason.UNDETERMINED if distance <= unsure else None
