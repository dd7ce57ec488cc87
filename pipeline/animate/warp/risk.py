"""The risk that a turning head shows tears: a hand is at the face, or the matte is in doubt."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.skin_colour import Colour, find_skin, log_colours, scale_landmarks
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask, resize, smoothstep

_UNIT: Final = 100  # pixels a face width
# Share of the surroundings whose matte is neither person nor wall: 0.02 to 0.18 on portraits, 0.3 on a torn print,
# 0.6 where hair fades into flowers.
_UNSURE: Final = (0.2, 0.5)
_SURROUNDINGS: Final = 0.6  # face widths from the oval
# Skin beside the face, squared face widths on one side: 0.09 and more of hands at a cheek, an ear or a telephone, at
# most 0.06 of ears, shoulders and hair of skin's colour.
_HAND: Final = (0.06, 0.16)
_BESIDE: Final = (0.22, 0.50)  # face widths from the oval: beyond the ears
_HEIGHTS: Final = (-0.45, 0.42)  # face heights from the oval's middle: above the neck
_SIDEWAYS: Final = 0.45  # face widths from it
_LIKE: Final = 3.0  # standard deviations of the skin's colour
_SHADES: Final = (0.2, 0.03, 0.03)  # spread that is added to it: a hand is paler or redder than the face
_LEAST: Final = 50  # pixels of skin that a colour must be measured on


def measure_risk(pixels: Pixels, alpha: Float, head: Head) -> float:
    """Measure how likely a turn of the head is to tear the picture.

    Args:
        pixels: The region of the photo, uint8 H×W×3 RGB.
        alpha: The person's matte there, float32 H×W, 0..1.
        head: The head in its pixels.

    Returns:
        0 for a portrait that may turn freely, 1 where it should hardly turn.
    """
    scale = _UNIT / head.width
    size = max(8, round(alpha.shape[0] * scale)), max(8, round(alpha.shape[1] * scale))
    points = scale_landmarks(head, scale)
    oval = polygon_mask(size, points[list(OVAL)]) > 0
    outside = cv2.distanceTransform((~oval).astype(np.uint8), cv2.DIST_L2, 5) / _UNIT
    y, x = np.mgrid[: size[0], : size[1]]
    offset = np.stack([x, y], -1) - ((head.centre + 0.5) * scale - 0.5)
    down = (offset @ head.down) / (head.height * scale)
    matte = resize(alpha, size)
    near = (outside > 0.0) & (outside < _SURROUNDINGS) & (down < _HEIGHTS[1] + 0.2)
    unsure = float(((matte > 0.12) & (matte < 0.88))[near].mean()) if near.any() else 0.0
    skin = find_skin(points, size)
    hand = 0.0
    if skin.sum() >= _LEAST:
        like = _like_skin(resize(pixels, size), skin) & (matte > 0.6)
        zone = (outside > _BESIDE[0]) & (outside < _BESIDE[1]) & (down > _HEIGHTS[0]) & (down < _HEIGHTS[1])
        hand = _largest_side(_joined(like | oval, oval) & zone, (offset @ head.across) / _UNIT)
    return float(max(smoothstep(unsure, *_UNSURE), smoothstep(hand, *_HAND)))


def _like_skin(pixels: Pixels, skin: Mask) -> Mask:
    """Pixels (h, w) of the colour of those at `skin`."""
    colours = log_colours(pixels)
    return np.asarray(Colour.measure(colours[skin], _SHADES).away(colours) < _LIKE)


def _joined(mask: Mask, start: Mask) -> Mask:
    """The parts of a mask (h, w) that touch `start`."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    touching = np.zeros(count, bool)
    touching[np.unique(labels[start])] = True
    touching[0] = False
    return np.asarray(touching[labels], np.bool_)


def _largest_side(mask: Mask, across: Double) -> float:
    """The larger part of a mask (h, w) left or right of the face, squared face widths; across: face widths."""
    left, right = mask & (across < -_SIDEWAYS), mask & (across > _SIDEWAYS)
    return float(max(left.sum(), right.sum())) / _UNIT**2
