"""The skin of a hand and its forearm: what no landmark of the face shows, told by the hand's own lightness."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask
from pipeline.hands.finder import WRIST, Hand
from pipeline.hands.shape import draw_hand
from pipeline.image_ops import ellipse_kernel, gaussian, single, smoothstep, steepness, touching_parts

# In lengths of the hand
_REACH: Final = (2.8, 3.8)  # from the wrist, over which the forearm's skin fades
_BEHIND: Final = 0.35  # the forearm's place begins so far on the fingers' side of the wrist
_BENT: Final = 0.4  # and opens like this beyond it: hands are bent against their forearms
_BROAD: Final = 0.55  # half the breadth from which what is alike is no forearm, but a blouse or a wall
_SOFT: Final = 0.03
_CORE: Final = 0.06  # inwards from the drawn outline, which is a little too wide
_ROUND: Final = 0.05
_EVEN: Final = 4.0  # lightness by hundredth of a length, from which an edge parts a forearm from a sleeve
_ALIKE: Final = (9.0, 16.0)  # least and most of lightness by which skin is off the palm's middle tone
_SHADOW: Final = 1.6  # fingers may lie so much farther in the shadow
_LEAST: Final = 4.0  # pixels of a hand's length: smaller ones are not coloured


def find_hand_skin(light: Float, people: Float, hand: Hand, scale: float) -> Float:
    """The skin of a hand, and of the bare forearm that goes on from it.

    Args:
        light: The photo's lightness, 0..100, float32 h×w.
        people: Share of people, 0..1, float32 h×w.
        hand: In pixels of the photo.
        scale: Pixels of `light` by those of the photo.

    Returns:
        0..1, float32 h×w.
    """
    length = hand.length * scale
    shape = draw_hand(hand, (light.shape[0], light.shape[1]), scale)
    core = _shrink(shape, _CORE * length)
    if length < _LEAST or not core.any():
        return np.zeros_like(light)
    smooth = gaussian(light, max(0.7, 0.02 * length))
    tone = float(np.median(smooth[core]))
    most = float(np.clip(2.5 * np.median(np.abs(smooth[core] - tone)), *_ALIKE))
    fingers = (shape | _grow(shape, _ROUND * length)) & (smooth > tone - _SHADOW * most) & (smooth < tone + most)
    beyond, beside = _from_wrist(light.shape, hand, scale)
    place = np.asarray(beyond + _BEHIND > np.abs(beside) * _BENT, bool)
    skin = touching_parts(fingers | _find_forearm(smooth, (tone, most), core, place, length), core)
    closed = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_CLOSE, ellipse_kernel(round(_ROUND * length)))
    fade = 1 - smoothstep(np.hypot(beyond, beside), *_REACH)
    inside = np.maximum(people, shape)  # the segmentation may miss a hand that reaches forward
    return single(gaussian(closed.astype(np.float32), max(0.7, _SOFT * length)) * fade * inside)


def _from_wrist(shape: tuple[int, ...], hand: Hand, scale: float) -> tuple[Float, Float]:
    """Of each pixel: how far it lies beyond the wrist, away from the fingers, and how far beside, in hands' lengths."""
    wrist, down = hand.points[WRIST], hand.down
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) / np.float32(scale)
    across, deep = (x - wrist[0]) / hand.length, (y - wrist[1]) / hand.length
    return single(across * down[0] + deep * down[1]), single(across * down[1] - deep * down[0])


def _find_forearm(smooth: Float, tone: tuple[float, float], core: Mask, place: Mask, length: float) -> Mask:
    """The region, bool h×w, that goes on from the palm, as light, without an edge, in its place and not too broad."""
    slope = steepness(smooth) * length / 100
    alike = (np.abs(smooth - tone[0]) < tone[1]) & (slope < _EVEN) & place
    region = touching_parts(_grow(_shrink(alike | core, _ROUND * length), _ROUND * length), core)
    radius = _BROAD * length
    broad = _grow(_shrink(region & ~_grow(core, 0.15 * length), radius), 1.2 * radius)
    return touching_parts(region & ~broad | core, core)


def _grow(mask: Mask, radius: float) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), ellipse_kernel(round(radius))) > 0, bool)


def _shrink(mask: Mask, radius: float) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), ellipse_kernel(round(radius))) > 0, bool)
