"""Tones: measured, and spread without a change of a sepia's hue."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Pixels
from pipeline.restore.tone import measure_tone, spread_tone
from weights.train import damage


def scene() -> Pixels:
    """Patches of many lightnesses and colours."""
    patches = np.random.default_rng(0).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(patches, (120, 120), interpolation=cv2.INTER_CUBIC), np.uint8)


def hue(pixels: Pixels) -> float:
    """The mean hue, degrees."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1:].reshape(-1, 2).mean(axis=0)
    return float(np.degrees(np.arctan2(lab[1], lab[0])))


def test_a_sepia_is_told_from_a_colour_photo() -> None:
    assert measure_tone(damage.to_sepia(scene())).toned
    assert measure_tone(damage.to_grayscale(scene())).toned
    assert not measure_tone(scene()).toned


def test_a_sepia_stays_a_sepia() -> None:
    faded = damage.fade(damage.to_sepia(scene()), 0.4, 0.5)
    tone = measure_tone(faded)
    assert tone.faded and tone.toned
    restored = spread_tone(faded, tone)
    after = measure_tone(restored)
    assert after.toned and not after.faded
    assert abs(hue(restored) - hue(faded)) < 3


def test_a_cast_of_a_faded_colour_photo_gets_less() -> None:
    yellowed = damage.fade(scene(), 0.45, 0.6).astype(np.float32)
    yellowed[..., 2] *= 0.75
    cast = np.rint(yellowed).astype(np.uint8)
    restored = spread_tone(cast, measure_tone(cast))

    def yellow(picture: Pixels) -> float:
        return float(picture[..., :2].mean() - picture[..., 2].mean()) / float(picture.std())

    assert yellow(restored) < 0.7 * yellow(cast)
