"""Glare on a print: a lamp's spot with its veil is taken off, white things of the picture stay."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.photo.glare import reduce_glare

NOBODY = np.zeros((240, 320), bool)


def picture() -> Pixels:
    noise = np.random.default_rng(3).integers(20, 110, (24, 32, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def shine(pixels: Pixels, x: float, y: float) -> Pixels:
    """A lamp's reflection: light that adds up."""
    rows, columns = np.mgrid[:240, :320].astype(np.float32)
    veil: Float = 2 * np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / 22**2)
    light = (pixels / 255.0) ** 2.2 + veil[..., None]
    return np.clip(255 * light ** (1 / 2.2), 0, 255).astype(np.uint8)


def error(pixels: Pixels, truth: Pixels) -> float:
    return float(np.sqrt(np.mean((pixels.astype(float) - truth) ** 2)))


def test_the_veil_of_a_lamp_is_taken_off() -> None:
    truth = picture()
    seen = shine(truth, 220, 120)
    assert error(reduce_glare(seen, NOBODY, NOBODY), truth) < 0.35 * error(seen, truth)


def test_white_things_and_heads_stay() -> None:
    truth = picture()
    collar = cv2.circle(truth.copy(), (220, 120), 24, (252, 252, 252), -1)
    assert reduce_glare(collar, NOBODY, NOBODY) is collar
    seen, here = shine(truth, 220, 120), NOBODY.copy()
    here[110:130, 215:225] = True
    assert reduce_glare(seen, here, NOBODY) is seen, "an eye would be invented"
    here[90:150, 200:240] = True
    assert reduce_glare(seen, NOBODY, here) is seen
