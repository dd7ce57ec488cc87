"""Light that changes with the turn, and the small shadows of a smile: low-resolution gains, 0 = unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.cast_shadow import shadow_change
from pipeline.animate.warp.creases import CHEEKS, EYE_CORNERS, FOREHEAD, GLABELLA, crease_gain
from pipeline.animate.warp.depth import Depth
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import gaussian, resize, single, smoothstep

_GAMMA: Final = 2.2
_STRENGTH: Final = 0.8  # of the measured change; the full one shows errors of the depth
_DEEPER: Final = 2.5  # times their depth is added to the skin's own lines: a smaller picture of them has lost half
_DEEPER_CHEEKS: Final = 1.6  # … less beside a smiling mouth, whose fold moves along and would become a grey arc


def build_shade_maps(pixels: Pixels, head: Head, grid: Grid, depth: Depth) -> Float:
    """Relative gains of light on the motion grid.

    Args:
        pixels: The region, padded to whole cells, uint8 (h · step, w · step, 3).
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        depth: The head's depth on it.

    Returns:
        float32 (6, h, w) in the order of `formula.SHADES`; 0 leaves the light as it is.
    """
    turn = _relight(pixels, head, grid, depth)
    smile = _smile_shade(head, grid) + _DEEPER_CHEEKS * crease_gain(pixels, head, grid, CHEEKS)
    brow = _DEEPER * crease_gain(pixels, head, grid, FOREHEAD)
    frown = _frown_shade(head, grid) + _DEEPER * crease_gain(pixels, head, grid, GLABELLA)
    squint = _DEEPER * crease_gain(pixels, head, grid, EYE_CORNERS)
    return np.stack([smile, brow, frown, squint, *turn]).astype(np.float32)


def _smile_shade(head: Head, grid: Grid) -> Float:
    """Gain of a full smile: darker folds and corners of the mouth, lighter cheeks."""
    fold = _tube(head, grid, (129, 203, 206, 216), 0.022) + _tube(head, grid, (358, 423, 426, 436), 0.022)
    cheek = _tube(head, grid, (205, 50, 117), 0.06) + _tube(head, grid, (425, 280, 346), 0.06)
    corner = _tube(head, grid, (61, 57), 0.015) + _tube(head, grid, (291, 287), 0.015)
    return single(-0.065 * fold + 0.04 * cheek - 0.045 * corner)


def _frown_shade(head: Head, grid: Grid) -> Float:
    """Gain of a full frown: soft shadows beside the inner ends of the brows."""
    return single(-0.07 * (_tube(head, grid, (107, 55), 0.016) + _tube(head, grid, (336, 285), 0.016)))


def _tube(head: Head, grid: Grid, landmarks: Sequence[int], radius: float) -> Float:
    """A soft line of height 1 through landmarks, (h, w); radius in face widths."""
    points = (head.landmarks[list(landmarks), :2] + 0.5) / grid.step - 0.5
    sigma = max(0.7, radius * head.width / grid.step)
    line = np.zeros(grid.size, np.float32)
    cv2.polylines(line, [np.round(points * 16).astype(np.int32)], False, 1.0, max(1, round(sigma)), cv2.LINE_AA, 4)
    line = gaussian(line, sigma)
    return line / max(float(line.max()), 1e-6)


def _relight(pixels: Pixels, head: Head, grid: Grid, depth: Depth) -> tuple[Float, Float]:
    """Gains of a small yaw and pitch: intensity ≈ a + b·normal on the face, and b·(rotated normal) is its change."""
    normal = _estimate_normals(head, grid, depth)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    linear = (resize(gaussian(grey, 0.02 * head.width), grid.size) / 255.0) ** _GAMMA
    use = depth.oval & (linear > 0.01)
    if use.sum() < 50:
        still = np.zeros(grid.size, np.float32)
        return still, still
    ambient, light = _fit_light(normal[use], linear[use].astype(np.float64))
    base = np.maximum(ambient + normal @ light, 0.25 * float(np.median(linear[use])))
    zero = np.zeros(grid.size)
    by_yaw = np.stack([-normal[..., 2], zero, normal[..., 0]], -1) @ light / base
    by_pitch = np.stack([zero, -normal[..., 2], normal[..., 1]], -1) @ light / base
    soft = (1.0 - smoothstep(depth.outside, 0.0, 0.25)) * depth.follow
    sigma = 0.05 * head.width / grid.step

    def gain(change: Double, shadow: Float) -> Float:
        smooth = gaussian(np.clip(change, -1.5, 1.5).astype(np.float32), sigma)
        return np.asarray(_STRENGTH / _GAMMA * (smooth + shadow) * soft, np.float32)

    shadow_yaw, shadow_pitch = shadow_change(head, grid, depth, light, single(linear), base, use)
    return gain(by_yaw, shadow_yaw), gain(by_pitch, shadow_pitch)


def _estimate_normals(head: Head, grid: Grid, depth: Depth) -> Double:
    """Unit normals of the head, (h, w, 3) along its across, its down and away from the camera."""
    z = gaussian(depth.z.astype(np.float64), 0.03 * head.width / grid.step) / grid.step
    slope_y, slope_x = np.gradient(z)
    along = slope_x * head.across[0] + slope_y * head.across[1]
    down = slope_x * head.down[0] + slope_y * head.down[1]
    normal = np.stack([along, down, -np.ones_like(along)], -1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def _fit_light(normal: Double, intensity: Double) -> tuple[float, Double]:
    """Ambient light and light by normal (3,), by robust least squares: glasses, beard, cast shadows don't count."""
    design = np.concatenate([np.ones((len(normal), 1)), normal], 1)
    weight = np.ones(len(intensity))
    ridge = 1e-2 * len(intensity) * np.diag([0.0, 1.0, 1.0, 1.0])
    solution = np.zeros(4)
    for _ in range(6):
        weighted = design * weight[:, None]
        solution = np.linalg.solve(weighted.T @ design + ridge, weighted.T @ intensity)
        rest = intensity - design @ solution
        weight = 1.0 / (1.0 + (rest / (1.5 * (1.48 * np.median(np.abs(rest)) + 1e-4))) ** 2)
    return float(solution[0]), solution[1:]
