"""Spectacles move as one rigid thing: on the face's own depth their lenses would be stretched by a turn."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, trace_contour
from pipeline.animate.warp.eyes.glasses import measure_bridge, wears_glasses
from pipeline.animate.warp.eyes.visibility import measure_visibility
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.mesh_topology import EYES
from pipeline.image_ops import single, smoothstep

# Strength of the best line across the nose between the eyes: without a line below the eyes 0.56 of rimless lenses,
# 0.41 at most of a frown; 0.2 of coloured lenses, behind which no eye is seen, and 0.08 at most of hair before eyes.
_SURE_BRIDGE: Final = 0.48
_COLOURED_BRIDGE: Final = 0.16
_SEEN: Final = 0.1  # visibility of an eye that a coloured lens hides
# Eye widths: the lenses' reach from an eye's middle outwards, up and down, and the softness of their zone.
_OUT, _UP, _DOWN, _SOFT = 0.8, 0.7, 1.1, 0.8
_WRAP: Final = 0.5  # of the face's own curve from side to side
# Around both eyes, before which spectacles stand: brows, temples, cheekbones, the bridge of the nose.
_BEFORE: Final = (52, 53, 65, 282, 283, 295, 35, 265, 117, 118, 119, 346, 347, 348, 168, 6, 168, 6)


def wears_spectacles(pixels: Pixels, head: Head) -> bool:
    """Whether something rigid stands before the eyes: rims, rimless or coloured lenses.

    Args:
        pixels: The region, uint8 (H, W, 3) RGB.
        head: The head in its pixels.
    """
    contours = [trace_contour(head.landmarks, eye) for eye in (RIGHT, LEFT)]
    if wears_glasses(pixels, contours):
        return True
    bridge = measure_bridge(pixels, *contours)
    if bridge > _SURE_BRIDGE:
        return True
    return bridge > _COLOURED_BRIDGE and min(measure_visibility(pixels, contour) for contour in contours) < _SEEN


def flatten_depth(z: Float, head: Head, grid: Grid) -> Float:
    """Lay the depth where lenses are on one even shell, which is bent a little as spectacles are.

    Args:
        z: The head's depth, float32 (h, w), pixels.
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).

    Returns:
        float32 (h, w): lenses on it keep their form in a turn but for being foreshortened.
    """
    middles = [head.landmarks[list(eye), :2].astype(np.float64).mean(0) for eye in EYES]
    width = 0.2 * head.width
    centre = 0.5 * (middles[0] + middles[1])
    across, down = _local(grid.points, head, centre)
    half = 0.5 * abs(float((middles[1] - middles[0]) @ head.across)) + _OUT * width
    beside, above, below = np.abs(across) - half, -down - _UP * width, down - _DOWN * width
    outside = np.maximum(np.maximum(beside, above), below)
    share = single(1.0 - smoothstep(outside, 0.0, _SOFT * width))
    before = head.landmarks[list(_BEFORE)].astype(np.float64)
    at_across, at_down = _local(before[:, :2], head, centre)
    terms = np.column_stack([np.ones(len(before)), at_across, at_down, at_across**2])
    wrap = _WRAP * float(np.linalg.lstsq(terms, before[:, 2], rcond=None)[0][3])
    (at, by_across, by_down), *_ = np.linalg.lstsq(terms[:, :3], before[:, 2] - wrap * at_across**2, rcond=None)
    shell = at + by_across * across + by_down * down + wrap * across**2
    return single(z + (shell - z) * share)


def _local(points: Double, head: Head, centre: Double) -> tuple[Double, Double]:
    """Pixels of points (…, 2) across and down the face from a centre."""
    return np.asarray((points - centre) @ head.across), np.asarray((points - centre) @ head.down)
