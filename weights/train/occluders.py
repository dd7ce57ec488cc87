"""Synthetic things in front of a face: dark glasses, masks, hands, bars, scribbles, mosaic, hair, objects.

A face here is a float32 chip (side × side × 3, RGB, 0..255) and its 478 landmarks (float32, chip pixels). Each
occluder returns what it shows and how opaque it is; how much of an eye, the nose or the mouth that hides is counted
afterwards, so that one thing makes covered faces and harmless ones (a hand at the chin, fringe above the brows).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Random = np.random.Generator

RIGHT_EYE: Final = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE: Final = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
LIPS: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
NOSE: Final = (5, 4, 1, 2, 98, 327, 64, 294, 48, 278)
REGIONS: Final = (RIGHT_EYE, LEFT_EYE, NOSE, LIPS)  # the order of the net's answers
# lower face from ear to ear over the bridge of the nose and round the chin
_MASK: Final = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
_CHEEKS: Final = (50, 280, 117, 346, 205, 425)


class Kind(IntEnum):
    """The kind of thing that covers, in the order of the net's answers."""

    GLASSES = 0
    MASK = 1
    HAND = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """A thing that lies over a face, on a chip of the same size."""

    colour: Image
    """Its colours, float32 side×side×3, RGB, 0..255."""
    alpha: Image
    """Its opacity, float32 side×side, 0..1."""
    kind: Kind
    """The kind of thing."""


Occluder = Callable[[Random, Image, Image, Image], Layer]  # random, chip, landmarks (478, 2), chip of somebody else


def as_image(values: Any) -> Image:
    """Any array as float32."""
    return np.asarray(values, np.float32)


def face_width(points: Image) -> float:
    """The distance between the sides of the face, in pixels of the chip."""
    return float(np.linalg.norm(points[234] - points[454]))


def fill_polygon(side: int, polygon: NDArray[Any], soft: float = 0.7) -> Image:
    """A mask, float32 side×side, that is 1 inside the polygon (n, 2) and soft at its edge."""
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), soft), np.float32)


def draw_dark_glasses(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """Two opaque lenses with a bridge and temples."""
    side, width = len(chip), face_width(points)
    eyes = [points[list(eye)].mean(axis=0) for eye in (RIGHT_EYE, LEFT_EYE)]
    across = (eyes[1] - eyes[0]) / max(1.0, float(np.linalg.norm(eyes[1] - eyes[0])))
    down = np.array([-across[1], across[0]])
    half = np.array([rng.uniform(0.17, 0.25), rng.uniform(0.11, 0.19)]) * width
    power, drop = rng.uniform(2.0, 5.0), rng.uniform(-0.01, 0.04) * width
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    shape = np.stack([np.cos(angle), np.sin(angle)], 1)
    shape = np.sign(shape) * np.abs(shape) ** (2 / power) * half
    shape[:, 0] *= 1 + rng.uniform(-0.15, 0.15) * shape[:, 1] / half[1]
    alpha = np.zeros((side, side), np.float32)
    for eye in eyes:
        lens = eye + drop * down + shape[:, :1] * across + shape[:, 1:] * down
        alpha = np.maximum(alpha, fill_polygon(side, lens))
    alpha *= rng.choice([1.0, rng.uniform(0.8, 1.0)])
    frame = np.zeros((side, side), np.uint8)
    thick = max(1, round(rng.uniform(0.01, 0.04) * width))
    ears = (points[127], points[356])
    for start, end in ((eyes[0], eyes[1]), (eyes[0], ears[0]), (eyes[1], ears[1])):
        cv2.line(frame, start.astype(int).tolist(), end.astype(int).tolist(), 255, thick, cv2.LINE_AA)
    alpha = np.maximum(alpha, frame.astype(np.float32) / 255)
    tint = rng.uniform(0, 40, 3) if rng.random() < 0.75 else rng.uniform(0, 190, 3)
    rows = np.linspace(-1, 1, side)[:, None, None] * rng.uniform(-35, 60)
    shine = np.zeros((side, side), np.float32)
    for eye in eyes:
        spot = eye + rng.uniform(-0.6, 0.6, 2) * half
        cv2.circle(shine, tuple(int(v) for v in spot), max(1, round(rng.uniform(0.01, 0.07) * width)), 1.0, -1)
    shine = cv2.GaussianBlur(shine, (0, 0), max(0.6, rng.uniform(0.005, 0.04) * width)) * rng.uniform(0, 200)
    return Layer(as_image(np.clip(tint + rows + shine[..., None], 0, 255)) + 0 * chip, alpha, Kind.GLASSES)


def draw_face_mask(rng: Random, chip: Image, points: Image, other: Image) -> Layer:
    """A medical or cloth mask; sometimes a scarf, up to the eyes and beyond the face."""
    side = len(chip)
    top = points[[168, 6, 197, 195][int(rng.integers(4))]]
    edge = points[list(_MASK)]
    low = edge[2:-2]
    if rng.random() < 0.3:
        low = low + (low - points[1]) * rng.uniform(0.1, 0.5)
    cheeks = points[454] * 0.3 + points[346] * 0.7, points[234] * 0.3 + points[117] * 0.7
    alpha = fill_polygon(side, np.vstack([low, cheeks[0], top, cheeks[1]]), rng.uniform(0.5, 1.5))
    colour = _material(rng, side, other)
    folds = np.sin(np.arange(side) / rng.uniform(4, 12) + rng.uniform(0, 6)) * rng.choice([0, 5, 12])
    bulge = (points[1][0] - np.arange(side)) / face_width(points)
    shaded = colour + folds[:, None, None] - 60 * bulge[None, :, None] ** 2
    return Layer(as_image(np.clip(shaded, 0, 255)), alpha, Kind.MASK)


def draw_hand(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """One to five skin-coloured fingers and a palm, from any side, its tips near some part of the face."""
    side, width = len(chip), face_width(points)
    cheeks = np.clip(points[list(_CHEEKS)].astype(int), 0, side - 1)
    skin = np.median(chip[cheeks[:, 1], cheeks[:, 0]], axis=0) * rng.uniform(0.7, 1.25) + rng.normal(0, 5, 3)
    target = points[int(rng.choice([1, 13, 13, 17, 152, 50, 280, 159, 386, 168, 10, 172, 397]))]
    angle = rng.uniform(-np.pi, 0) if rng.random() < 0.75 else rng.uniform(0, np.pi)  # mostly from below
    count, thick = int(rng.integers(1, 6)), rng.uniform(0.085, 0.14) * width
    y, x = np.mgrid[:side, :side].astype(np.float32)
    colour, alpha = np.zeros_like(chip), np.zeros((side, side), np.float32)
    light = rng.uniform(-0.3, 0.3)
    base = target + rng.normal(0, 0.08, 2) * width
    for finger in range(count):
        place = finger - (count - 1) / 2
        turn = angle + place * rng.uniform(-0.03, 0.12)
        u, v = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        ahead = (0.3 - 0.12 * place**2) * rng.uniform(0, 1) * width
        tip = base + v * place * thick * rng.uniform(0.92, 1.15) + u * ahead
        along = (x - tip[0]) * u[0] + (y - tip[1]) * u[1]
        beside = ((x - tip[0]) * v[0] + (y - tip[1]) * v[1]) / (thick / 2)
        far = np.hypot(beside, np.maximum(along, 0) / (thick / 2))
        length = rng.uniform(0.6, 1.2) * width
        palm = np.clip((-along - length) / (0.2 * width), 0, 1)
        body = np.clip((1 + 0.4 * palm - far) * thick / 3, 0, 1)
        shade = 1 - 0.42 * np.clip(far, 0, 1.2) ** 3 + light * beside + 0.05 * np.sin(along / thick * 2.5)
        nail = 0.12 * np.clip(1.5 - 3 * np.hypot(beside * 1.2, (along + 0.25 * thick) / (0.45 * thick)), 0, 1)
        colour = as_image(colour + body[..., None] * ((shade + nail)[..., None] * skin - colour))
        alpha = np.maximum(alpha, body)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), rng.uniform(1, 6))
    rough = (grain / max(1e-3, float(grain.std())) * rng.uniform(1, 7))[..., None]
    return Layer(as_image(np.clip(colour + rough, 0, 255)), as_image(alpha), Kind.HAND)


def draw_bar(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """A censor's bar over the eyes, one eye or the mouth."""
    side, width = len(chip), face_width(points)
    eyes = points[[33, 263]]
    angle = float(np.arctan2(*(eyes[1] - eyes[0])[::-1])) + rng.normal(0, 0.06)
    spot = [eyes.mean(axis=0), eyes.mean(axis=0), points[159], points[386], points[13], points[1]][int(rng.integers(6))]
    half = np.array([rng.uniform(0.2, 0.7), rng.uniform(0.06, 0.2)]) * width
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    alpha = fill_polygon(side, spot + rng.normal(0, 0.03, 2) * width + corners @ turn, 0.4)
    return Layer(as_image(_paint(rng) + 0 * chip), alpha, Kind.OTHER)


def draw_scribble(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """A brush drawn to and fro."""
    side, width = len(chip), face_width(points)
    mask = np.zeros((side, side), np.uint8)
    middle = points[int(rng.choice([1, 13, 159, 386, 168, 152, 10, 50, 280]))]
    path = middle + np.cumsum(rng.normal(0, 0.14, (int(rng.integers(3, 14)), 2)), axis=0) * width
    thick = max(2, round(rng.uniform(0.02, 0.25) * width))
    cv2.polylines(mask, [path.astype(np.int32)], bool(rng.random() < 0.2), 255, thick, cv2.LINE_AA)
    return Layer(as_image(_paint(rng) + 0 * chip), as_image(mask / 255), Kind.OTHER)


def draw_mosaic(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """Mosaic or a strong blur over a part of the face or all of it."""
    side, width = len(chip), face_width(points)
    if rng.random() < 0.6:
        cells = max(3, round(side / (rng.uniform(0.07, 0.25) * width)))
        small = cv2.resize(chip, (cells, cells), interpolation=cv2.INTER_AREA)
        colour = cv2.resize(small, (side, side), interpolation=cv2.INTER_NEAREST)
    else:
        colour = cv2.GaussianBlur(chip, (0, 0), rng.uniform(0.07, 0.2) * width)
    spot = points[int(rng.choice([168, 6, 13, 1, 4, 159, 386]))] + rng.normal(0, 0.05, 2) * width
    half = rng.uniform(0.15, 0.8, 2) * width
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    shape = np.stack([np.cos(angle), np.sin(angle)], 1)
    power = rng.choice([2.0, 30.0])
    shape = np.sign(shape) * np.abs(shape) ** (2 / power) * half
    return Layer(as_image(colour), fill_polygon(side, spot + shape, rng.uniform(0.4, 3)), Kind.OTHER)


def draw_hair(rng: Random, chip: Image, points: Image, _other: Image) -> Layer:
    """Strands from above: a fringe over the brows, or down over an eye or the whole face."""
    side, width = len(chip), face_width(points)
    top = np.clip((points[10] + (points[10] - points[152]) * 0.12).astype(int), 0, side - 1)
    tone = chip[top[1], top[0]] if rng.random() < 0.6 else as_image(rng.uniform(0, 110) * np.array([1, 0.8, 0.6]))
    start = points[int(rng.choice([10, 67, 297, 54, 284]))] - (0, 0.1 * width)
    end = points[int(rng.choice([105, 334, 159, 386, 50, 280, 61, 291]))]
    spread = rng.uniform(0.04, 0.3) * width
    colour, alpha = as_image(tone + 0 * chip), np.zeros((side, side), np.float32)
    for _ in range(int(rng.integers(20, 160))):
        shift = rng.normal(0, spread, 2)
        bend = rng.normal(0, 0.04, 2) * width
        t = np.linspace(0, 1, 8)[:, None]
        path = (start + shift) * (1 - t) + (end + shift * 0.8) * t + bend * 4 * t * (1 - t)
        line = [np.round(path * 16).astype(np.int32)]
        cv2.polylines(alpha, line, False, 1.0, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
        shade = np.clip(tone * rng.uniform(0.6, 1.5), 0, 255).tolist()
        cv2.polylines(colour, line, False, shade, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
    return Layer(colour, np.clip(alpha, 0, 1), Kind.OTHER)


def draw_object(rng: Random, chip: Image, points: Image, other: Image) -> Layer:
    """A cup, a phone, a microphone, a flower: any outline with any surface."""
    side, width = len(chip), face_width(points)
    spot = points[int(rng.choice([1, 13, 13, 17, 152, 50, 280, 159, 386, 10, 61, 291]))] + rng.normal(0, 0.1, 2) * width
    angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 20))))
    half = rng.uniform(0.08, 0.45, 2) * width
    reach = rng.uniform(0.75, 1.0, len(angle))[:, None]
    alpha = fill_polygon(side, spot + np.stack([np.cos(angle), np.sin(angle)], 1) * half * reach, rng.uniform(0.4, 1.5))
    ramp = np.linspace(-1, 1, side)[None, :, None] * rng.uniform(-60, 60)
    return Layer(as_image(np.clip(_material(rng, side, other) + ramp, 0, 255)), alpha, Kind.OTHER)


def _paint(rng: Random) -> NDArray[np.float64]:
    """A flat colour: black, white, grey or any."""
    choice = rng.random()
    if choice < 0.35:
        return np.full(3, rng.uniform(0, 20))
    if choice < 0.6:
        return np.full(3, rng.uniform(235, 255))
    return np.full(3, rng.uniform(0, 255)) if choice < 0.75 else rng.uniform(0, 255, 3)


def _material(rng: Random, side: int, other: Image) -> Image:
    """Cloth or a thing's surface: plain, striped, or a piece of somebody else's photo."""
    choice = rng.random()
    if choice < 0.55:
        tone = rng.choice(np.array([[235, 238, 240], [150, 190, 215], [25, 25, 28], [90, 120, 170]]))
        plain = tone + rng.normal(0, 12, 3) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
        return as_image(np.clip(plain + rng.normal(0, rng.uniform(1, 6), (side, side, 1)), 0, 255))
    if choice < 0.7:
        step, ends = rng.uniform(2, 12), rng.uniform(0, 255, (2, 3))
        wave = (np.sin((np.arange(side)[:, None] + rng.uniform(-1, 1) * np.arange(side)) / step) > 0)[..., None]
        return as_image(np.where(wave, ends[0], ends[1]))
    size = int(rng.integers(side // 8, side // 3))
    corner = rng.choice([0, len(other) - size], 2)
    piece = other[corner[0] : corner[0] + size, corner[1] : corner[1] + size]
    return np.asarray(cv2.resize(piece, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


OCCLUDERS: Final[tuple[tuple[Occluder, float], ...]] = (
    (draw_dark_glasses, 0.17),
    (draw_face_mask, 0.14),
    (draw_hand, 0.25),
    (draw_bar, 0.08),
    (draw_scribble, 0.09),
    (draw_mosaic, 0.1),
    (draw_hair, 0.07),
    (draw_object, 0.1),
)
