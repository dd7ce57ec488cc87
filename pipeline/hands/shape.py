"""The outline of a hand, drawn from its landmarks: the palm and five fingers of a usual thickness."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Mask
from pipeline.hands.finder import KNUCKLES, WRIST, Hand

_FINGERS: Final = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
_PALM: Final = (WRIST, 1, 2, *KNUCKLES)
_THICK: Final = (0.24, 0.21, 0.21, 0.2, 0.18)  # of each finger, in lengths of the hand
_EDGE: Final = 0.26  # thickness of the palm's rim, which lies outside its landmarks


def draw_hand(hand: Hand, size: tuple[int, int], scale: float = 1.0) -> Mask:
    """The places of a hand.

    Args:
        hand: In pixels of the photo.
        size: Height and width of the picture.
        scale: Its pixels by those of the photo.

    Returns:
        bool, height×width.
    """
    mask = np.zeros(size, np.uint8)
    points = np.round((hand.points + 0.5) * scale * 16 - 8).astype(np.int32)  # sixteenths of a pixel
    length = hand.length * scale
    cv2.fillPoly(mask, [points[list(_PALM)]], 1, shift=4)
    cv2.polylines(mask, [points[list(_PALM)]], True, 1, max(1, round(_EDGE * length)), shift=4)
    for finger, thick in zip(_FINGERS, _THICK, strict=True):
        cv2.polylines(mask, [points[list(finger)]], False, 1, max(1, round(thick * length)), shift=4)
    return mask > 0
