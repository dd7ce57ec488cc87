"""Grain for what is filled in: as strong as the photo's own, or a filled place is smooth among grain."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import gaussian, single

_COARSEST: Final = 2.0  # pixels, σ: what is coarser is the picture
_SIZE: Final = 0.8  # pixels, σ of the grain that is drawn
_LEAST: Final = 100  # pixels from which something can be told


def measure_fine_grain(grey: Float, known: Mask) -> float:
    """The standard deviation of the finest grain of a picture, h×w of 0..255, where it is `known`, levels."""
    rough = np.abs(grey - gaussian(grey, _COARSEST))[known]
    return 1.48 * float(np.median(rough)) if rough.size > _LEAST else 0.0


def draw_grain(pixels: Pixels, known: Mask, most: float) -> Float:
    """Noise as strong as a photo's own grain, always the same for one size.

    Args:
        pixels: uint8 H×W×3 RGB.
        known: bool H×W, where the grain is measured.
        most: Levels of its standard deviation, at most.

    Returns:
        float32 H×W, levels of 255 around 0.
    """
    strength = min(most, measure_fine_grain(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), known))
    noise = gaussian(np.asarray(np.random.default_rng(0).standard_normal(pixels.shape[:2]), np.float32), _SIZE)
    return single(noise * (strength / max(float(noise.std()), 1e-6)))
