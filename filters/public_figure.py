"""Is this somebody of the operator's gallery? Where the face is too small or damaged to tell, that is the answer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from filters.embeddings.base import FaceAnalyser, Likeness, Rule
from filters.gallery import Gallery, Near
from pipeline.arrays import Pixels
from pipeline.errors import Reason
from pipeline.faces.finder import Face

_FAR = 9.0  # of an empty gallery


@dataclass(frozen=True, slots=True)
class FigureReading:
    """`distance`: to the nearest entry, by the pack's rule; `name`: whose that is, for the operator only."""

    reason: Reason | None
    distance: float
    name: str
    legible: float
    width: float


class PublicFigureFilter:
    """Compares faces with a gallery made by the same `analyser`."""

    def __init__(self, analyser: FaceAnalyser, gallery: Gallery) -> None:
        self._analyser = analyser
        self._gallery = gallery

    def judge(self, pixels: Pixels, face: Face) -> FigureReading:
        """`face` on `pixels` (uint8 H×W×3 RGB), as it is and without its grain: the nearer counts."""
        rule = self._analyser.rule
        seen = self._analyser.of(pixels, face)
        readings = [_nearest(self._gallery.nearest(one), rule) for one in (seen, self._smooth(pixels, face))]
        distance, name = min(readings)
        return FigureReading(_reason(rule, seen, distance), distance, name, seen.legible, seen.width)

    def _smooth(self, pixels: Pixels, face: Face) -> Likeness:
        """The likeness of the face without grain and scratches: half way back to the person (docs/filters.md)."""
        left, top, right, bottom = face.box
        reach = max(right - left, bottom - top)
        rows = slice(max(0, int(top - reach)), int(bottom + reach))
        columns = slice(max(0, int(left - reach)), int(right + reach))
        smooth = pixels.copy()
        smooth[rows, columns] = cv2.bilateralFilter(cv2.medianBlur(pixels[rows, columns], 5), 7, 40, 5)
        return self._analyser.of(smooth, face)


def _nearest(found: tuple[Near, ...], rule: Rule) -> tuple[float, str]:
    return min(((rule.distance(near.distances), near.name) for near in found), default=(_FAR, ""))


def _reason(rule: Rule, seen: Likeness, distance: float) -> Reason | None:
    if not np.isfinite(distance):
        return Reason.UNDETERMINED
    if distance <= (rule.same_small if seen.width < rule.small else rule.same):
        return Reason.PUBLIC_FIGURE
    if seen.width < rule.small and distance <= rule.open_small:
        return Reason.UNDETERMINED
    if seen.legible < rule.legible and distance <= rule.open_damaged:
        return Reason.UNDETERMINED
    return None
