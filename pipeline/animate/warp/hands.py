"""Hands before a face: they stay where they are, and the face moves behind them, less the nearer it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Float
from pipeline.hands.finder import WRIST, Hand
from pipeline.hands.shape import draw_hand
from pipeline.image_ops import single, smoothstep

# Widths of the face between a hand's outline and where all motion is there again; looked at on eight photos: what is
# narrower creases the cheek beside the hand.
_REACH: Final = (0.02, 0.3)
_WRIST: Final = (0.9, 0.6)  # of the wrist that stays with its hand: length and thickness, in lengths of the hand


def share_motion(hands: Sequence[Hand], head: Head, grid: Grid) -> Float:
    """The share of its motion that each cell keeps beside hands.

    Args:
        hands: In region pixels.
        head: The head, in region pixels.
        grid: The motion grid.

    Returns:
        float32 (h, w), 0 on a hand, 1 away from it.
    """
    free = np.ones(grid.size, np.uint8)
    for hand in hands:
        free[draw_hand(hand, grid.size, 1 / grid.step)] = 0
        _draw_wrist(free, hand, 1 / grid.step)
    if free.all():
        return np.ones(grid.size, np.float32)
    away = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * (grid.step / head.width)
    return single(smoothstep(away, *_REACH))


def _draw_wrist(free: NDArray[np.uint8], hand: Hand, scale: float) -> None:
    wrist = hand.points[WRIST]
    ends = np.stack([wrist, wrist + hand.down * _WRIST[0] * hand.length])
    (x0, y0), (x1, y1) = np.rint((ends + 0.5) * scale - 0.5).astype(int).tolist()
    cv2.line(free, (x0, y0), (x1, y1), 0, max(1, round(_WRIST[1] * hand.length * scale)))
