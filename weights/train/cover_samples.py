"""Training pictures of the cover net: a face, by chance something in front of it, then age and bad scanning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from weights.train.damage import apply_random_damage
from weights.train.occluders import OCCLUDERS, REGIONS, Image, Layer, Random, as_image, face_width

SIDE: Final = 64  # the net's input
# of a region hidden: at least this much is covered, at most that much is not; between is not asked
_COVERED: Final = (0.5, 0.5, 0.5, 0.4)
_FREE: Final = (0.2, 0.2, 0.2, 0.12)
_REACH: Final = 1.2 / 1.5  # the net's square is 1.2 times the face's longer side, the prepared one 1.5


Samples = tuple[NDArray[np.uint8], NDArray[np.int8], NDArray[np.int8]]
"""Pictures (n, SIDE, SIDE, 3) and their labels: covered (n, 4) and kind (n,), see `Sample`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One training picture with its labels."""

    pixels: NDArray[np.uint8]
    """The picture, uint8 SIDE×SIDE×3, RGB."""
    covered: tuple[int, int, int, int]
    """The labels of right eye, left eye, nose and mouth: 1 covered, 0 free, -1 not asked."""
    kind: int
    """The thing that covers, of `occluders.Kind`; -1 where nothing is covered."""


def draw_sample(rng: Random, face: NDArray[np.uint8], points: Image, other: NDArray[np.uint8]) -> Sample:
    """Draw one training picture of a prepared chip.

    Args:
        rng: All that is random comes from it.
        face: The chip, uint8 S×S×3, RGB: the square 1.5 times the face's longer side, eyes level.
        points: The landmarks in its pixels, float32 (478, 2).
        other: A chip of somebody else, whose pieces serve as things.
    """
    chip = face.astype(np.float32)
    hidden = np.zeros((len(chip), len(chip)), np.float32)
    kind = -1
    if rng.random() < 0.25:
        chip = _add_harmless(rng, chip, points)
    if rng.random() < 0.7:
        chances = np.array([chance for _, chance in OCCLUDERS])
        chosen = OCCLUDERS[int(rng.choice(len(OCCLUDERS), p=chances / chances.sum()))][0]
        layer = chosen(rng, chip, points, other.astype(np.float32))
        chip, hidden = _composite(rng, chip, layer), layer.alpha
        kind = int(layer.kind)
    covered = _label_regions(hidden, points)
    pixels = np.clip(np.rint(chip), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        pixels = apply_random_damage(pixels, rng)
    return Sample(_cut(rng, pixels), covered, kind if 1 in covered else -1)


def draw_samples(chips: NDArray[np.uint8], landmarks: NDArray[np.float32], count: int, seed: int) -> Samples:
    """Draw training pictures of prepared chips.

    Args:
        chips: Faces as `draw_sample` wants them, uint8 (n, S, S, 3).
        landmarks: Their landmarks, float32 (n, 478, 2).
        count: The number of pictures.
        seed: All that is random comes from it.
    """
    rng = np.random.default_rng(seed)
    pixels = np.empty((count, SIDE, SIDE, 3), np.uint8)
    covered, kind = np.empty((count, 4), np.int8), np.empty(count, np.int8)
    for index in range(count):
        face, other = rng.integers(len(chips), size=2)
        one = draw_sample(rng, chips[face], landmarks[face], chips[other])
        pixels[index], covered[index], kind[index] = one.pixels, one.covered, one.kind
    return pixels, covered, kind


def _composite(rng: Random, chip: Image, layer: Layer) -> Image:
    """The chip with the layer on it, by chance with its shadow."""
    alpha = layer.alpha
    if rng.random() < 0.4:
        shift = rng.uniform(-4, 4, 2)
        moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
        shadow = cv2.GaussianBlur(cv2.warpAffine(alpha, moved, alpha.shape[::-1]), (0, 0), rng.uniform(1, 5))
        chip = chip * (1 - rng.uniform(0, 0.5) * shadow[..., None])
    return np.asarray(chip + alpha[..., None] * (layer.colour - chip), np.float32)


def _label_regions(hidden: Image, points: Image) -> tuple[int, int, int, int]:
    answers = []
    for region, most, least in zip(REGIONS, _COVERED, _FREE, strict=True):
        mask = np.zeros(hidden.shape, np.uint8)
        cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points[list(region)]).astype(np.int32)), 1)
        share = float(hidden[mask > 0].mean()) if mask.any() else 0.0
        answers.append(1 if share >= most else 0 if share <= least else -1)
    return answers[0], answers[1], answers[2], answers[3]


def _add_harmless(rng: Random, chip: Image, points: Image) -> Image:
    """The chip with something that covers nothing: clear spectacles, a cigarette, a shadow over half the face."""
    side, width = len(chip), face_width(points)
    out = chip.copy()
    eyes = [points[list(region)].mean(axis=0) for region in REGIONS[:2]]
    choice = rng.random()
    if choice < 0.6:
        rim = np.zeros((side, side), np.float32)
        half = np.array([rng.uniform(0.17, 0.24), rng.uniform(0.1, 0.19)]) * width
        turn = float(np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1])))
        thick = max(1, round(rng.uniform(0.008, 0.045) * width))
        lens = np.zeros((side, side), np.float32)
        for eye in eyes:
            middle = tuple(int(v) for v in eye + rng.normal(0, 0.01, 2) * width)
            axes = (int(half[0]), int(half[1]))
            cv2.ellipse(rim, middle, axes, turn, 0, 360, 1.0, thick, cv2.LINE_AA)
            cv2.ellipse(lens, middle, axes, turn, 0, 360, 1.0, -1, cv2.LINE_AA)
        bridge = [tuple(int(v) for v in eyes[0] + (eyes[1] - eyes[0]) * share) for share in (0.4, 0.6)]
        cv2.line(rim, bridge[0], bridge[1], 1.0, thick, cv2.LINE_AA)
        tint, strength = rng.uniform(0, 255, 3), rng.choice([0, 0.1, 0.25])
        out += lens[..., None] * strength * (tint - out)
        return as_image(out + rim[..., None] * rng.uniform(0.5, 1) * (rng.choice([20, 120, 220]) - out))
    if choice < 0.75:
        start = points[int(rng.choice([61, 13, 291]))]
        end = start + rng.normal(0, 0.25, 2) * width + (0, 0.1 * width)
        ends = [tuple(int(v) for v in end_) for end_ in (start, end)]
        cv2.line(out, ends[0], ends[1], (225.0, 220.0, 210.0), max(1, round(0.03 * width)), cv2.LINE_AA)
        return out
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:side, :side].astype(np.float32)
    away = (x - points[1][0]) * np.cos(angle) + (y - points[1][1]) * np.sin(angle)
    dark = 1 / (1 + np.exp(-np.clip(away / (rng.uniform(0.01, 0.2) * width), -30, 30)))
    return as_image(out * (1 - rng.uniform(0.2, 0.75) * dark[..., None]))


def _cut(rng: Random, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The net's square, as unsure as landmarks on a covered face are."""
    side = len(pixels)
    reach = side * _REACH * np.exp(rng.normal(0, 0.06)) / SIDE
    turn, shift = rng.normal(0, 0.07), rng.normal(0, 0.03, 2) * side
    cos, sin, middle = np.cos(turn) * reach, np.sin(turn) * reach, (SIDE - 1) / 2
    x, y = (side - 1) / 2 + shift
    matrix = np.array([[cos, -sin, x - (cos - sin) * middle], [sin, cos, y - (sin + cos) * middle]])
    if reach > 1.3:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.35 * reach).astype(np.uint8)
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = np.asarray(cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=way, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    light = rng.uniform(0.6, 1.35) if rng.random() < 0.4 else 1.0
    return np.asarray(np.clip(np.rint(cut * light), 0, 255), np.uint8)
