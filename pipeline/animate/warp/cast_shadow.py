"""The shadow that the nose casts on the face: as deep as the photo shows it, it moves when the head turns."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.warp.depth import Depth
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Double, Float, Mask
from pipeline.faces.mesh_topology import NOSE_TIP
from pipeline.image_ops import gaussian, pixel_grid, sample, single, smoothstep

# share of the light that comes from before the face: from the side the fit of its way says too little
_FROM_BEFORE: Final = (0.3, 0.5)
_LEAST_ASIDE: Final = 0.1  # of the light: one from the camera casts no shadow that is seen
_REACH: Final = 0.3  # face widths: no shadow of a nose is longer
_STEPS: Final = 16
_SOFT: Final = 0.012  # face widths of height, over which light becomes shadow
_TURN: Final = np.sin(np.deg2rad(8.0))  # the turn, either way, by which a shadow's way is measured
_SHADED: Final = 0.6  # so sure of a shadow are the cells by which its depth is measured
_LEAST: Final = 12  # such cells
_DEEPEST: Final = 0.6  # share of the light that a shadow takes at most; the first part may be the fit's error
_NOTHING: Final = 0.05
_EDGE: Final = 0.018  # face widths: softness of what is drawn
_OF_NOSE: Final = (0.26, 0.42)  # face widths from the nose: a shadow farther out is another's, and the eye's


def shadow_change(
    head: Head, grid: Grid, depth: Depth, light: Double, seen: Float, expected: Double, use: Mask
) -> tuple[Float, Float]:
    """The share of the light by which cast shadows grow with a turn.

    Args:
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        depth: The head's depth on it.
        light: (3,), towards the light, along the head's across, its down and away from the camera.
        seen: (h, w), the photo's linear light.
        expected: (h, w), the light that a face without cast shadows would have.
        use: bool (h, w), where both can be compared.

    Returns:
        float32 (h, w) each: of sin(yaw) = 1 and of sin(pitch) = 1; less than 0 where it grows darker.
    """
    z = single(gaussian(single(depth.z), 1.0))
    nose = _around_nose(head, grid)
    strength = 0.0
    if (sure := _trust(light)) > 0.0:
        shaded = use & (_shadow(z, head, grid, light) * nose > _SHADED)
        strength = sure * _measure_depth(seen[shaded], expected[shaded])
    if strength == 0.0:
        return np.zeros(grid.size, np.float32), np.zeros(grid.size, np.float32)
    x, y, z_light = light

    def change(more: Double, less: Double) -> Float:
        grown = _shadow(z, head, grid, more) - _shadow(z, head, grid, less)
        return single(
            -strength / (2.0 * _TURN) * gaussian(single(grown * nose * depth.oval), _EDGE * head.width / grid.step)
        )

    # the head's turn is the light's turn the other way round
    yaw, pitch = (np.array(turned) * _TURN for turned in ((z_light, 0.0, -x), (0.0, z_light, -y)))
    return change(light + yaw, light - yaw), change(light + pitch, light - pitch)


def _trust(light: Double) -> float:
    """0..1, how surely a light (3,) casts the shadow that is computed: from before the face, not from the camera."""
    size = float(np.linalg.norm(light))
    if size == 0.0 or float(np.hypot(light[0], light[1])) < _LEAST_ASIDE * size:
        return 0.0
    return float(smoothstep(-light[2] / size, *_FROM_BEFORE))


def _measure_depth(seen: Float, expected: Double) -> float:
    """The share of the light that the shadow takes from its cells (n,); 0 where there is none."""
    if len(seen) < _LEAST:
        return 0.0
    return float(np.clip(np.median(1.0 - seen / expected) - _NOTHING, 0.0, _DEEPEST))


def _around_nose(head: Head, grid: Grid) -> Float:
    """1 on the nose and where its shadow falls, 0 far from it, (h, w)."""
    tip = head.landmarks[NOSE_TIP, :2]
    return single(1.0 - smoothstep(np.hypot(grid.x - tip[0], grid.y - tip[1]) / head.width, *_OF_NOSE))


def _shadow(z: Float, head: Head, grid: Grid, light: Double) -> Float:
    """0..1, (h, w): whether something between a cell and the light stands out of the face."""
    aside = float(np.hypot(light[0], light[1]))
    towards = (light[0] * head.across + light[1] * head.down) / max(aside, 1e-9)
    rise = -float(light[2]) / max(aside, 1e-9)
    x, y = pixel_grid(*z.shape[:2])
    highest = np.full(z.shape, -np.inf, np.float32)
    for step in range(1, _STEPS + 1):
        way = _REACH * head.width * step / _STEPS
        cells = way / grid.step
        nearer = z - sample(z, x + np.float32(cells * towards[0]), y + np.float32(cells * towards[1]))
        highest = np.maximum(highest, nearer - np.float32(rise * way))
    half = _SOFT * head.width
    return single(smoothstep(highest, -half, half))
