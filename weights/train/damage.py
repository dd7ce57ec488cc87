"""Damage of photographs by time and scanners, for training and for measuring: grain, scratches, halftone and more.

Every function takes and returns uint8 H×W×3 RGB of one shape. A length is given for a picture whose shorter side
is 200 px (a face that fills it) and grows with the picture. All that is random comes from the generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Damage: TypeAlias = Callable[[Pixels, np.random.Generator], Pixels]

_SEPIA = np.array([1.0, 0.86, 0.66], np.float32)


def add_grain(pixels: Pixels, rng: np.random.Generator, deviation: float, size: float = 1.0) -> Pixels:
    """Film grain: one noise for all channels, correlated over `size` (σ of the blur), strongest in midtones."""
    sigma = size * _unit(pixels)
    field = np.asarray(cv2.GaussianBlur(rng.standard_normal(pixels.shape[:2], np.float32), (0, 0), sigma), np.float32)
    field *= np.float32(deviation / max(float(field.std()), 1e-6))
    light = pixels.mean(axis=2, dtype=np.float32) / 255
    weight = 0.5 + 2 * light * (1 - light)  # 0.5 in black and white, 1 in the middle
    return _eight_bit(pixels + (field * weight)[..., None])


def add_noise(pixels: Pixels, rng: np.random.Generator, deviation: float) -> Pixels:
    """The noise of a sensor: every channel of every pixel by itself."""
    return _eight_bit(pixels + rng.standard_normal(pixels.shape, np.float32) * np.float32(deviation))


def add_scratches(pixels: Pixels, rng: np.random.Generator, count: int, specks: int = 0) -> Pixels:
    """`count` thin bent lines, mostly upright, and `specks` of dust, light or dark."""
    height, width = pixels.shape[:2]
    unit, out = _unit(pixels), pixels.astype(np.float32)
    for number in range(count + specks):
        layer = np.zeros((height, width), np.uint8)
        if number < count:
            start = rng.uniform((0, 0), (width, height))
            angle = rng.normal(np.pi / 2, 0.5) if rng.random() < 0.7 else rng.uniform(0, np.pi)
            ahead = np.linspace(0, rng.uniform(0.3, 1.2) * height, 12)
            bend = np.cumsum(rng.normal(0, 1.2 * unit, 12))
            line = start + np.stack([np.cos(angle) * ahead + bend, np.sin(angle) * ahead], axis=1)
            thick = max(1, round(rng.uniform(0.6, 2.2) * unit))
            cv2.polylines(layer, [line.round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
        else:
            x, y = (int(value) for value in rng.uniform((0, 0), (width, height)))
            cv2.circle(layer, (x, y), max(1, round(rng.uniform(0.5, 2.5) * unit)), 255, -1, cv2.LINE_AA)
        alpha = layer.astype(np.float32)[..., None] / 255 * np.float32(rng.uniform(0.5, 1.0))
        tone = rng.uniform(200, 255) if rng.random() < 0.7 else rng.uniform(0, 60)
        out += (np.float32(tone) - out) * alpha
    return _eight_bit(out)


def add_stains(pixels: Pixels, rng: np.random.Generator, strength: float) -> Pixels:
    """Uneven fading: wide soft blots that darken or lighten by up to `strength` (0..1)."""
    coarse = cv2.resize(rng.standard_normal((5, 5), np.float32), pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    factor = 1 + np.float32(strength) * np.clip(np.asarray(coarse, np.float32) / np.float32(2), -1, 1)
    return _eight_bit(pixels * factor[..., None])


def to_grayscale(pixels: Pixels) -> Pixels:
    """Black and white."""
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)


def to_sepia(pixels: Pixels, strength: float = 1.0) -> Pixels:
    """One brown hue; `strength` 0 is grey, 1 a strong tone."""
    tone = 1 + np.float32(strength) * (_SEPIA - 1)
    return _eight_bit(to_grayscale(pixels) * tone)


def fade(pixels: Pixels, span: float, base: float = 0.5) -> Pixels:
    """Low contrast: tones squeezed to `span` (0..1) of their range; `base` 0: towards black, 1: towards white."""
    return _eight_bit(pixels * np.float32(span) + np.float32(255 * (1 - span) * base))


def blur(pixels: Pixels, sigma: float) -> Pixels:
    """A soft lens or a missed focus."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma * _unit(pixels)), np.uint8)


def compress_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """A further JPEG compression, `quality` 1..100."""
    done, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture can't be compressed")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1], np.uint8)


def imitate_halftone(pixels: Pixels, cell: float, turn: float = 0.785) -> Pixels:
    """A newspaper's screen: dots `cell` apart on a grid turned by `turn` (radians), then scanned softly."""
    height, width = pixels.shape[:2]
    step = cell * _unit(pixels)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = (x * np.cos(turn) + y * np.sin(turn)) / step, (y * np.cos(turn) - x * np.sin(turn)) / step
    screen = (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)) / 4 + 0.5
    light = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    dots = 1 / (1 + np.exp(-np.clip((light - screen) * 12, -30, 30)))
    ink = cv2.GaussianBlur(dots.astype(np.float32), (0, 0), 0.3 * step)
    return _eight_bit(np.repeat((25 + 205 * ink)[..., None], 3, axis=2))


def shrink(pixels: Pixels, side: int) -> Pixels:
    """Shrunk to a shorter side of `side` pixels and enlarged again."""
    height, width = pixels.shape[:2]
    share = min(1.0, side / min(height, width))
    less = cv2.resize(
        pixels, (max(1, round(width * share)), max(1, round(height * share))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(less, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def imitate_old_scan(pixels: Pixels, rng: np.random.Generator, strength: float = 1.0) -> Pixels:
    """All together: soft, faded, toned, grainy, scratched, stained, compressed. `strength` 1: heavy."""
    out = fade(to_sepia(blur(pixels, 0.3 + 0.4 * strength), 0.6), 1 - 0.4 * strength, 0.6)
    out = add_grain(add_stains(out, rng, 0.12 * strength), rng, 9 * strength, 0.8)
    out = add_scratches(out, rng, round(6 * strength), round(8 * strength))
    return compress_jpeg(add_noise(out, rng, 3 * strength), 35)


def apply_random_damage(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """One draw for training: each kind by chance, at a strength by chance, in the order in which they happen."""

    def happens(chance: float) -> bool:
        return bool(rng.random() < chance)

    out = pixels
    if happens(0.3):
        out = blur(out, rng.uniform(0.4, 2.2))
    if happens(0.35):
        out = fade(out, rng.uniform(0.25, 0.9), rng.uniform(0.1, 0.9))
    if happens(0.55):
        out = to_sepia(out, rng.uniform(0.2, 1.0)) if happens(0.5) else to_grayscale(out)
    if happens(0.2):
        out = add_stains(out, rng, rng.uniform(0.05, 0.3))
    if happens(0.12):
        out = imitate_halftone(out, rng.uniform(2.2, 5.0), rng.uniform(0, np.pi / 2))
    elif happens(0.5):
        out = add_grain(out, rng, rng.uniform(3, 20), rng.uniform(0.5, 2.2))
    if happens(0.25):
        out = add_noise(out, rng, rng.uniform(2, 18))
    if happens(0.35):
        out = add_scratches(out, rng, int(rng.integers(0, 12)), int(rng.integers(0, 16)))
    if happens(0.2):
        out = shrink(out, int(rng.integers(48, 140)))
    if happens(0.4):
        out = compress_jpeg(out, int(rng.integers(12, 80)))
    return out


# The damages that are measured, by name: one fixed strength of each, a little stronger than what is common.
DAMAGES: Mapping[str, Damage] = MappingProxyType(
    {
        "clean": lambda pixels, _: pixels,
        "grayscale": lambda pixels, _: to_grayscale(pixels),
        "sepia, faded": lambda pixels, _: fade(to_sepia(pixels, 0.8), 0.6, 0.6),
        "low contrast": lambda pixels, _: fade(pixels, 0.35),
        "grain 10": lambda pixels, rng: add_grain(pixels, rng, 10),
        "grain 15": lambda pixels, rng: add_grain(pixels, rng, 15),
        "white noise": lambda pixels, rng: add_noise(pixels, rng, 14),
        "scratches": lambda pixels, rng: add_scratches(pixels, rng, 8, 10),
        "blur": lambda pixels, _: blur(pixels, 1.8),
        "JPEG": lambda pixels, _: compress_jpeg(pixels, 15),
        "halftone": lambda pixels, _: imitate_halftone(pixels, 3.0),
        "small": lambda pixels, _: shrink(pixels, 60),
        "all together": imitate_old_scan,
    }
)


def _unit(pixels: Pixels) -> float:
    height, width = pixels.shape[:2]
    return float(max(0.5, min(height, width) / 200))


def _eight_bit(values: NDArray[np.float32]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
