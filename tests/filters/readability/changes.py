"""Changes of a photo that hinder reading a face, or don't: each a function of the pixels and the landmarks (478, 2)."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.mesh_topology import EYES

Change = Callable[[Pixels, Float], Pixels]


def paint_over(pixels: Pixels, polygon: Float, colour: tuple[int, int, int]) -> Pixels:
    changed = pixels.copy()
    cv2.fillPoly(changed, [np.round(polygon).astype(np.int32)], colour, cv2.LINE_AA)
    return changed


def dark_glasses(pixels: Pixels, points: Float) -> Pixels:
    changed = pixels.copy()
    middles = [points[list(eye)].mean(axis=0) for eye in EYES]
    width = float(np.linalg.norm(points[234] - points[454]))
    for middle in middles:
        axes = (round(0.21 * width), round(0.15 * width))
        cv2.ellipse(changed, tuple(int(v) for v in middle), axes, 0, 0, 360, (18, 16, 20), -1, cv2.LINE_AA)
    cv2.line(changed, *(tuple(int(v) for v in middle) for middle in middles), (18, 16, 20), round(0.03 * width))
    return changed


def spectacles(pixels: Pixels, points: Float) -> Pixels:
    changed = pixels.copy()
    middles = [points[list(eye)].mean(axis=0) for eye in EYES]
    width = float(np.linalg.norm(points[234] - points[454]))
    for middle in middles:
        axes = (round(0.2 * width), round(0.16 * width))
        thick = round(0.025 * width)
        cv2.ellipse(changed, tuple(int(v) for v in middle), axes, 0, 0, 360, (40, 30, 30), thick, cv2.LINE_AA)
    return changed


def mask(pixels: Pixels, points: Float) -> Pixels:
    outline = (234, 132, 172, 150, 152, 379, 397, 361, 454, 346, 6, 117)
    return paint_over(pixels, points[list(outline)], (150, 190, 215))


def bar(pixels: Pixels, points: Float) -> Pixels:
    (left, top), (right, low) = points[[127, 356]]
    height = 0.3 * (right - left)
    middle = (top + low) / 2
    corners = [(left, middle - height / 2), (right, middle - height / 2), (right, middle + height / 2)]
    return paint_over(pixels, np.array([*corners, (left, middle + height / 2)], np.float32), (0, 0, 0))


def scribble(pixels: Pixels, points: Float) -> Pixels:
    changed = pixels.copy()
    path = points[[61, 291, 78, 308, 17, 0, 61, 291]] + np.array([[0, -9], [0, 9]] * 4)
    cv2.polylines(changed, [np.round(path).astype(np.int32)], False, (255, 255, 255), 36, cv2.LINE_AA)
    return changed


def mosaic(pixels: Pixels, _points: Float) -> Pixels:
    small = cv2.resize(pixels, (36, 36), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def blur(sigma: float) -> Change:
    return lambda pixels, _points: np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def enlarge_tiny(pixels: Pixels, _points: Float) -> Pixels:
    return np.asarray(cv2.resize(cv2.resize(pixels, (36, 36), interpolation=cv2.INTER_AREA), (900, 900)), np.uint8)


def light(gain: float, base: float = 0.0) -> Change:
    return lambda pixels, _points: np.clip(pixels * gain + base, 0, 255).astype(np.uint8)


def hard_light(pixels: Pixels, _points: Float) -> Pixels:
    """Hardly a tone between black and white."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)
    two_tones = 255 / (1 + np.exp((128 - grey) / 16))
    return np.repeat(two_tones[..., None], 3, axis=2).astype(np.uint8)


def with_seed(change: Callable[[Pixels, np.random.Generator], Pixels]) -> Change:
    return lambda pixels, _points: change(pixels, np.random.default_rng(5))
