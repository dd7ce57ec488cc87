"""Faces that a person makes out and no landmarks do: painted over with one flat colour, or blurred away.

Neither is ever animated: they say why nothing was found, no more.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Pixels
from pipeline.errors import FACE_CAUSES, FaceError, Reason
from pipeline.faces.detector import Detector
from pipeline.runtime import Runtime

BLUR: Final = "blur"
_SIDE: Final = 256  # longer side of the photo as it is looked at, pixels
_THRESHOLD: Final = 0.25  # of the detectors; what one of them sees weakly counts as its vote
# The detector's score of a face for whose sake a photo without a sure one is refused for another reason
_BLURRED_SCORE: Final = 0.75
_PAINTED_SCORE: Final = 0.7
_VOTES: Final = 2
# A stroke or a bar has one colour to the last level, over so much of the photo; so much of the face lies under it
_LEAST_STROKE: Final = 0.01
_LEAST_HIDDEN: Final = 0.3
_MOST_STROKES: Final = 0.6  # of the whole photo; with more it is a drawing on paper
# Detail of one pixel as a share of that of six, on the small photo: of photos that are blurred all over 0.04 to 0.08,
# of others 0.15 and more
_BLURRED: Final = 0.1
_PADDING: Final = 0.4  # around the photo, in its longer sides, so that a face which fills it is whole


def refuse_lost(runtime: Runtime, pixels: Pixels) -> None:
    """Refuse a photo on which a face is painted over or blurred away; return where none is.

    Args:
        runtime: Has face_detector and face_detector_full.
        pixels: The upright photo, uint8 H×W×3, RGB, on which no face was found.

    Raises:
        FaceError: `face_covered`, or `low_quality` with the cause "blur".
    """
    detector = Detector(runtime, threshold=_THRESHOLD)
    share = _SIDE / max(pixels.shape[:2])
    size = (max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    if is_blurred_away(detector, small):
        raise FaceError(Reason.LOW_QUALITY, "no landmarks are sure", cause=BLUR, words=FACE_CAUSES[BLUR])
    strokes = np.asarray(cv2.resize(find_strokes(pixels), size, interpolation=cv2.INTER_AREA), np.uint8)
    if is_painted_over(detector, small, strokes):
        raise FaceError(Reason.FACE_COVERED, "painted over")


def is_blurred_away(detector: Detector, small: Pixels) -> bool:
    """Whether a photo (uint8 H×W×3, RGB, about 256 pixels) is blurred all over, and shows a face so."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, coarse = (np.abs(grey - cv2.GaussianBlur(grey, (0, 0), sigma)).mean() for sigma in (1, 6))
    if fine >= _BLURRED * coarse:
        return False
    around = round(_PADDING * max(grey.shape))
    padded = cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_REPLICATE)
    places = detector.find(np.asarray(padded, np.uint8))
    return any(one.score >= _BLURRED_SCORE and one.votes >= _VOTES for one in places)


def find_strokes(pixels: Pixels) -> Pixels:
    """Large places of a photo (uint8 H×W×3, RGB) that have one colour to the last level, uint8 H×W, 0 or 1."""
    kernel = np.ones((5, 5), np.uint8)
    flat = (cv2.dilate(pixels, kernel) == cv2.erode(pixels, kernel)).all(axis=2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(flat, kernel))
    large = stats[:, cv2.CC_STAT_AREA] > _LEAST_STROKE * labels.size
    large[0] = False  # what is not flat
    return np.asarray(large[labels], np.uint8)


def is_painted_over(detector: Detector, small: Pixels, strokes: Pixels) -> bool:
    """Whether a face shows where strokes of one colour are filled from their surroundings.

    Args:
        detector: Looks for the face.
        small: The photo, uint8 H×W×3, RGB, about 256 pixels.
        strokes: Where it is painted over, uint8 H×W, 0 or 1.
    """
    if not 0 < strokes.mean() < _MOST_STROKES:
        return False
    hidden = cv2.dilate(strokes, np.ones((5, 5), np.uint8))
    mended = np.asarray(cv2.inpaint(small, hidden, 3, cv2.INPAINT_TELEA), np.uint8)
    for one in detector.find(mended):
        left, top, right, bottom = (round(float(edge)) for edge in one.box)
        place = hidden[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        if one.score >= _PAINTED_SCORE and one.votes >= _VOTES and place.size and place.mean() >= _LEAST_HIDDEN:
            return True
    return False
