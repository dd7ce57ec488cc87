"""Training pictures of the colour net: a chip without its colour, aged, and the colour that it had."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from weights.train.damage import Pixels, apply_random_damage

SIDE: Final = 96  # the net's input
COLOUR_SIDE: Final = 48  # its output
REACH: Final = 2.0  # as pipeline/restore/colour_view.py

_LIPS, _EYES, _PEOPLE = 1, 2, 4  # of the masks
_BACKGROUND_WEIGHT: Final = 0.35
_SMALL_PART_WEIGHT: Final = 3.0  # lips and eyes, which have few pixels

Float = NDArray[np.float32]


class Chips(NamedTuple):
    """Squares of photos, prepared by `skill.train.colour`."""

    pixels: NDArray[np.uint8]
    """The pictures, uint8 (n, S, S, 3), RGB."""
    parts: NDArray[np.uint8]
    """The masks of skin, lips, eyes, irises and people, uint8 (n, S, S, 5), 0..255."""
    planes: NDArray[np.float32]
    """The matrices from a chip's pixels to the plane of its face, (n, 2, 3)."""


class Batch(NamedTuple):
    """Training pictures."""

    views: Float
    """The net's input, (n, 8, SIDE, SIDE)."""
    colours: Float
    """The colour that is wanted, a and b of Lab, (n, 2, COLOUR_SIDE, COLOUR_SIDE)."""
    weights: Float
    """The weight of each pixel in the loss, (n, COLOUR_SIDE, COLOUR_SIDE)."""
    skins: Float
    """The share of skin or lips in each pixel, 0..1, (n, COLOUR_SIDE, COLOUR_SIDE)."""


def draw_batch(rng: np.random.Generator, chips: Chips, chosen: NDArray[np.int64]) -> Batch:
    """Draw one training picture of each of the chosen chips."""
    drawn = [_draw(rng, *(part[index] for part in chips)) for index in chosen]
    return Batch(*(np.stack(part) for part in zip(*drawn, strict=True)))


def _draw(
    rng: np.random.Generator, pixels: NDArray[np.uint8], parts: NDArray[np.uint8], plane: Float
) -> tuple[Float, Float, Float, Float]:
    matrix = _place(rng, len(pixels))
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut, *masks_of = (
        cv2.warpAffine(np.ascontiguousarray(layer), matrix, (SIDE, SIDE), flags=way, borderMode=cv2.BORDER_REPLICATE)
        for layer in (pixels, *np.moveaxis(parts, 2, 0))
    )
    masks = np.asarray(np.dstack(masks_of), np.uint8)
    if rng.random() < 0.08:  # a photo whose people are not found
        masks[..., _PEOPLE] = 0
    plane = np.asarray(plane @ np.vstack([matrix, [0, 0, 1]]), np.float32)
    if matrix[0, 0] < 0:
        plane[0] *= -1
    small = cv2.resize(cut, (COLOUR_SIDE, COLOUR_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    colours = np.moveaxis(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)[..., 1:], 2, 0)
    shares = cv2.resize(masks.astype(np.float32) / 255, (COLOUR_SIDE, COLOUR_SIDE), interpolation=cv2.INTER_AREA)
    area = np.asarray(shares, np.float32)
    weight = _BACKGROUND_WEIGHT + (1 - _BACKGROUND_WEIGHT) * area[..., _PEOPLE]
    weight += (_SMALL_PART_WEIGHT - 1) * np.maximum(area[..., _LIPS], area[..., _EYES])
    skin = np.maximum(area[..., 0], area[..., _LIPS])
    return _view(_age(rng, np.asarray(cut, np.uint8)), masks, plane), colours, weight, skin


def _place(rng: np.random.Generator, side: int) -> NDArray[np.float64]:
    """The matrix (2, 3) from pixels of a training picture to the chip's: a part of it, turned a little, or mirrored."""
    scale = side / SIDE * rng.uniform(0.72, 1.04)
    turn = rng.normal(0, 0.09)
    mirror = -1 if rng.random() < 0.5 else 1
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    shift = (side - 1) / 2 + rng.uniform(-0.5, 0.5, 2) * max(0.06 * side, side - scale * SIDE)
    linear = np.array([[mirror * cos, -sin], [mirror * sin, cos]])
    return np.hstack([linear, (shift - linear @ np.full(2, (SIDE - 1) / 2))[:, None]])


def _age(rng: np.random.Generator, cut: Pixels) -> Pixels:
    """The lightness of a picture, uint8 S×S, as old film saw it and time left it."""
    film = rng.dirichlet((6.0, 12.0, 3.0)) if rng.random() < 0.6 else np.array((0.299, 0.587, 0.114))
    grey = np.clip(np.rint(cut.astype(np.float32) @ film.astype(np.float32)), 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        damaged = apply_random_damage(np.repeat(grey[..., None], 3, axis=2), rng)
        grey = np.asarray(cv2.cvtColor(damaged, cv2.COLOR_RGB2GRAY), np.uint8)
    if rng.random() < 0.5:
        curve = np.linspace(0, 1, 256) ** np.exp(rng.normal(0, 0.25))
        grey = np.rint(curve * 255).astype(np.uint8)[grey]
    return grey


def _view(light: Pixels, masks: NDArray[np.uint8], plane: Float) -> Float:
    """The channels of the net's input, as pipeline/restore/colour_view.py stacks them."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    places = [np.clip((row[0] * x + row[1] * y + row[2]) / REACH, -1, 1) for row in plane]
    channels = np.moveaxis(masks.astype(np.float32) / 255, 2, 0)
    return np.stack([light.astype(np.float32) / 255, *channels, *places]).astype(np.float32)
