"""Damaged surfaces of photographs with the truth of where the damage is: scratches, cracks, folds, dust, tears.

All are drawn procedurally: lines that wander, branch and break, specks of uneven outline, paper that shows through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from weights.train import damage
from weights.train.damage import Pixels
from weights.train.harmless import draw_harmless

Float = NDArray[np.float32]

SIDE = 128
"""Pixels of a sample's sides."""
_DAMAGED = 0.6  # share of the samples
_LEAST_FINE = 0.3  # of a pixel of an enlarged sample that is damaged
_LEAST_CONTRAST = 10.0  # levels: what differs less from the picture is no damage that anybody sees

_LEAST_FAINT = 7.0  # levels, of fine cracks: they are seen by their length


class Surface(NamedTuple):
    """Damage that lies on a picture."""

    cover: Float
    """float32 H×W, 0..1: how much of the picture is hidden."""
    tone: Float
    """float32 H×W, 0..255: the level that is seen instead."""


def draw_samples(
    photos: Sequence[NDArray[np.uint8]], count: int, rng: np.random.Generator, fine: float = 0.0
) -> tuple[Pixels, Pixels]:
    """Draw samples.

    Args:
        photos: uint8 H×W each, grey, both sides of SIDE at least.
        count: Number of samples.
        rng: All that is random.
        fine: Share of the samples that are drawn at half the size, with cracks of a pixel's width, and enlarged, as a
            small print is looked at.

    Returns:
        Pictures, uint8 N×S×S, and where they are damaged, uint8 N×S×S of 0 and 1. Two fifths are not damaged at all,
        and a third have drawn lines, hair, lace, rims of glasses or letters, that are no damage.
    """
    pictures, truths = np.empty((2, count, SIDE, SIDE), np.uint8)
    for number in range(count):
        small = rng.random() < fine
        picture = _cut(photos[int(rng.integers(len(photos)))], rng, SIDE // 2 if small else SIDE)
        truth = np.zeros_like(picture)
        if rng.random() < 0.5:
            picture = _age(picture, rng)
        picture = draw_harmless(picture, rng)
        if rng.random() < _DAMAGED:
            picture, truth = add_hairlines(picture, rng) if small else add_damage(picture, rng)
        picture = _scan(picture, rng)
        if small:
            picture = np.asarray(cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)
            soft = cv2.resize(truth.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
            truth = (np.asarray(soft) > _LEAST_FINE).astype(np.uint8)
        pictures[number], truths[number] = picture, truth
    return pictures, truths


def add_damage(grey: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Lay some kinds of damage over a picture, uint8 H×W grey.

    Returns:
        The damaged picture, and where it differs from the picture by what can be seen, uint8 H×W of 0 and 1.
    """
    out = grey.astype(np.float32)
    for kind, chance in _KINDS.items():
        if rng.random() < chance:
            cover, tone = kind(grey.shape, rng)
            out += (tone - out) * cover
    truth = np.abs(out - grey) > _LEAST_CONTRAST
    return np.clip(np.rint(out), 0, 255).astype(np.uint8), truth.astype(np.uint8)


def add_hairlines(grey: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Lay fine cracks over a picture, uint8 H×W grey, a pixel wide or less, and some other damage.

    Returns:
        As `add_damage`.
    """
    out, seen = grey.astype(np.float32), np.zeros(grey.shape, bool)
    for _ in range(int(rng.integers(1, 5))):
        line = _wander(grey.shape, rng, bend=rng.choice([0.02, 0.08, 0.2]), jag=rng.uniform(0.1, 0.7))
        cover = _stroke(grey.shape, line, rng.uniform(0.5, 1.4)) * _breaks(grey.shape, rng, rng.uniform(0, 0.5))
        cover *= np.clip(0.75 + 0.35 * _noise(grey.shape, rng, 6.0), 0.25, 1)
        lift = rng.uniform(14, 70)  # levels by which the crack is lighter than what it crosses, or darker
        light = rng.random() < 0.75
        tone = np.clip(out + (lift if light else -lift), 0, 255)
        if rng.random() < 0.4:  # the flake's edge throws a shadow
            shadow = np.roll(cover, (int(rng.integers(-1, 2)), int(rng.integers(-1, 2))), (0, 1))
            out -= shadow * np.float32(rng.uniform(8, 35)) * (1 if light else -1)
        out += (tone - out) * cover
        seen |= (cover > 0.25) & (np.abs(out - grey) > _LEAST_FAINT)
    if rng.random() < 0.35:
        more, drawn = add_damage(np.clip(np.rint(out), 0, 255).astype(np.uint8), rng)
        return more, (seen | (drawn > 0)).astype(np.uint8)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8), seen.astype(np.uint8)


def scratches(shape: tuple[int, ...], rng: np.random.Generator) -> Surface:
    """Thin lines, straight or a little bent, that break off and go on."""
    cover = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(1, 5))):
        line = _wander(shape, rng, bend=rng.choice([0.004, 0.02, 0.08]))
        cover = np.maximum(
            cover, _stroke(shape, line, rng.uniform(0.5, 2.5)) * _breaks(shape, rng, rng.uniform(0, 0.7))
        )
    return Surface(cover * np.float32(rng.uniform(0.45, 1)), _tone(shape, rng))


def cracks(shape: tuple[int, ...], rng: np.random.Generator) -> Surface:
    """A jagged line that branches, as varnish and emulsion crack; paper shows through, its edge may be dark."""
    cover = np.zeros(shape, np.float32)
    trunk = _wander(shape, rng, bend=0.05, jag=0.5)
    lines = [trunk]
    for _ in range(int(rng.integers(0, 6))):
        branch = _wander(shape, rng, bend=0.08, jag=0.6)[: int(rng.integers(4, 30))]
        lines.append(branch - branch[0] + trunk[int(rng.integers(len(trunk)))])
    for line in lines:
        cover = np.maximum(cover, _stroke(shape, line, rng.uniform(0.7, 3.0)))
    tone = _tone(shape, rng)
    if rng.random() < 0.4:
        rim = np.clip(cv2.GaussianBlur(cover, (0, 0), 1.5) * 2 - cover, 0, 1)
        tone = np.where(rim > cover, np.float32(rng.uniform(10, 90)), tone).astype(np.float32)
        cover = np.maximum(cover, rim * np.float32(rng.uniform(0.3, 0.8)))
    return Surface(cover * np.float32(rng.uniform(0.6, 1)), tone)


def folds(shape: tuple[int, ...], rng: np.random.Generator) -> Surface:
    """A straight line from edge to edge, where the emulsion has broken off in flakes."""
    line = _wander(shape, rng, bend=0.006)
    width = rng.uniform(1.5, 7)
    flakes = _noise(shape, rng, rng.uniform(0.8, 3)) + _stroke(shape, line, width * 0.5) * 2.2 - 1.1
    cover = _stroke(shape, line, width) * np.clip(flakes, 0, 1)
    return Surface(cover.astype(np.float32), _tone(shape, rng, light=0.85))


def dust(shape: tuple[int, ...], rng: np.random.Generator) -> Surface:
    """Specks of uneven outline, most of them small, and hairs."""
    cover = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(2, 40))):
        x, y = rng.uniform((0, 0), shape[::-1])
        radius = min(8.0, 0.6 + rng.exponential(1.1))
        around = np.linspace(0, 2 * np.pi, 9)[:-1]
        outline = radius * rng.uniform(0.6, 1.4, 8)
        points = np.stack([x + outline * np.cos(around), y + outline * np.sin(around) * rng.uniform(0.5, 1)], axis=1)
        _polygon(cover, points, rng.uniform(0.5, 1))
    for _ in range(int(rng.integers(0, 3))):
        hair = _wander(shape, rng, bend=0.15)[: int(rng.integers(8, 40))]
        cover = np.maximum(cover, _stroke(shape, hair, rng.uniform(0.6, 1.3)))
    return Surface(cover, _tone(shape, rng))


def tears(shape: tuple[int, ...], rng: np.random.Generator) -> Surface:
    """A corner that is torn off: paper, or what lay behind it in the scanner, with a ragged edge."""
    cover = np.zeros(shape, np.float32)
    height, width = shape
    across, down = rng.uniform(0.1, 0.5, 2) * (width, height)
    steps = np.linspace(0, 1, 14)[:, None]
    edge = (1 - steps) * (across, 0) + steps * (0, down) + rng.normal(0, 0.025 * width, (14, 2))
    _polygon(cover, np.concatenate([[(-9, -9)], [(across, -9)], edge, [(-9, down)]]), 1.0)
    flips = rng.random(2) < 0.5
    cover = cover[:: -1 if flips[0] else 1, :: -1 if flips[1] else 1]
    return Surface(np.ascontiguousarray(cover), _tone(shape, rng, light=0.7, even=True))


_KINDS = {scratches: 0.5, cracks: 0.35, folds: 0.3, dust: 0.5, tears: 0.08}


def _wander(shape: tuple[int, ...], rng: np.random.Generator, *, bend: float, jag: float = 0.0) -> NDArray[np.float64]:
    """A line anywhere, N×2 (x, y) in pixels, steps of 3 pixels.

    Args:
        shape: Of the picture.
        rng: All that is random.
        bend: Radians by which each step differs from the one before.
        jag: Radians by which each step differs from where the line goes.
    """
    height, width = shape
    count = int(rng.uniform(0.25, 1.5) * max(height, width) / 3) + 2
    angle = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, bend, count)) + rng.normal(0, jag, count)
    steps = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    middle = rng.uniform((0, 0), (width, height))
    line = np.cumsum(steps, axis=0)
    return np.asarray(line - line[count // 2] + middle)


def _stroke(shape: tuple[int, ...], line: NDArray[np.float64], width: float) -> Float:
    """A line of this width in pixels, 0..1, also thinner than a pixel."""
    layer = np.zeros(shape, np.uint8)
    points = (line * 16).round().astype(np.int32)
    cv2.polylines(layer, [points], False, 255, max(1, round(width)), cv2.LINE_AA, shift=4)
    return np.asarray(layer.astype(np.float32) / 255 * min(1.0, width + 0.2), np.float32)


def _polygon(cover: Float, points: NDArray[np.float64], strength: float) -> None:
    layer = np.zeros(cover.shape, np.uint8)
    cv2.fillPoly(layer, [(points * 16).round().astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    np.maximum(cover, layer.astype(np.float32) / 255 * np.float32(strength), out=cover)


def _noise(shape: tuple[int, ...], rng: np.random.Generator, size: float) -> Float:
    """Noise of deviation 1, correlated over `size` pixels."""
    field = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), size)
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)


def _breaks(shape: tuple[int, ...], rng: np.random.Generator, share: float) -> Float:
    """The parts of a line that are there, 0..1; about this share of it is missing."""
    return np.asarray(np.clip(_noise(shape, rng, 5.0) * 2 + 3 - 6 * share, 0, 1), np.float32)


def _tone(shape: tuple[int, ...], rng: np.random.Generator, light: float = 0.7, *, even: bool = False) -> Float:
    level = rng.uniform(185, 255) if rng.random() < light else rng.uniform(0, 70)
    return np.asarray(np.clip(level + (2 if even else 10) * _noise(shape, rng, 1.5), 0, 255), np.float32)


def _cut(photo: Pixels, rng: np.random.Generator, target: int = SIDE) -> Pixels:
    """A part of a photo, `target` pixels wide and high, at a scale by chance, mirrored by chance."""
    height, width = photo.shape
    side = int(rng.integers(min(SIDE // 2, height, width), min(height, width, 2 * SIDE) + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    part = photo[top : top + side, left : left + side]
    part = part[:, :: -1 if rng.random() < 0.5 else 1]
    way = cv2.INTER_AREA if side > target else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(part), (target, target), interpolation=way), np.uint8)


def _age(grey: Pixels, rng: np.random.Generator) -> Pixels:
    """Fading, grain and softness that were there before the surface was hurt."""
    out = np.repeat(grey[..., None], 3, axis=2)
    if rng.random() < 0.6:
        out = damage.fade(out, rng.uniform(0.4, 0.95), rng.uniform(0.2, 0.8))
    if rng.random() < 0.5:
        out = damage.add_grain(out, rng, rng.uniform(2, 14), rng.uniform(0.5, 1.5))
    if rng.random() < 0.3:
        out = damage.imitate_halftone(out, rng.uniform(2.5, 5.0), rng.uniform(0, np.pi / 2))
    return np.ascontiguousarray(out[..., 0])


def _scan(grey: Pixels, rng: np.random.Generator) -> Pixels:
    """The scanner's softness and noise, and JPEG."""
    out = np.repeat(grey[..., None], 3, axis=2)
    if rng.random() < 0.5:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.0)), np.uint8)
    if rng.random() < 0.6:
        out = damage.add_noise(out, rng, rng.uniform(1, 5))
    if rng.random() < 0.6:
        out = damage.compress_jpeg(out, int(rng.integers(35, 95)))
    return np.ascontiguousarray(out[..., 0])
