"""Thin lines of high contrast that are no damage: letters, hair, lace, stripes, rims of glasses, jewellery."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from weights.train.damage import Pixels

Points = NDArray[np.float64]


def draw_harmless(grey: Pixels, rng: np.random.Generator) -> Pixels:
    """A picture, uint8 S×S grey, with things by chance that a net may take for scratches; mostly it is as it was."""
    out = grey
    for draw, chance in _KINDS.items():
        if rng.random() < chance:
            layer = np.ascontiguousarray(out.copy())
            draw(layer, rng)
            soft = np.asarray(cv2.GaussianBlur(layer, (0, 0), rng.uniform(0.3, 0.9)), np.uint8)
            out = np.where(np.abs(layer.astype(np.int16) - out) > 0, soft, out).astype(np.uint8)
    return out


def _write_text(grey: Pixels, rng: np.random.Generator) -> None:
    word = "".join(rng.choice(list("ABEHKMOPTXabehkmoprtx0123456789"), 8))
    at = tuple(int(one) for one in rng.integers(0, len(grey), 2))
    level, thick = int(rng.choice([0, 40, 220, 255])), int(rng.integers(1, 4))
    cv2.putText(grey, word, at, int(rng.integers(0, 5)), rng.uniform(0.4, 1.6), level, thick, cv2.LINE_AA)


def _draw_hair(grey: Pixels, rng: np.random.Generator) -> None:
    """A bundle of bent strands that run beside one another, some light, some dark."""
    side, count = len(grey), int(rng.integers(6, 40))
    angle, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.03)
    across = np.array([-np.sin(angle), np.cos(angle)])
    start, width = rng.uniform(0, side, 2), rng.uniform(0.05, 0.4) * side
    level, length = rng.uniform(20, 220), int(rng.integers(8, 30))
    for _ in range(count):
        turn = angle + rng.normal(0, 0.08) + np.cumsum(np.full(length, bend + rng.normal(0, 0.006)))
        steps = 4 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        line = start + across * rng.normal(0, width / 2) + np.cumsum(steps, axis=0)
        _line(grey, line, level + rng.normal(0, 45), 1)


def _draw_lace(grey: Pixels, rng: np.random.Generator) -> None:
    """A lattice of rings and threads over a part of the picture, as lace, nets, knitting and checks have it."""
    side, step, turn = len(grey), rng.uniform(4, 16), rng.uniform(0, np.pi)
    level, thick, radius = rng.choice([rng.uniform(0, 70), rng.uniform(180, 255)]), int(rng.integers(1, 3)), 0.0
    if rng.random() < 0.6:
        radius = step * rng.uniform(0.25, 0.6)
    middle, extent = rng.uniform(0, side, 2), rng.uniform(0.2, 0.6) * side
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    count = int(extent / step)
    for place in np.arange(-count, count + 1) * step:
        for along, other in (axes, axes[::-1]):
            ends = middle + place * other + np.array([[-extent], [extent]]) * along
            if not radius or rng.random() < 0.3:
                _line(grey, ends, level, thick)
        for other in np.arange(-count, count + 1) * step if radius else ():
            _ring(grey, middle + place * axes[0] + other * axes[1], (radius, radius), 0.0, level, thick)


def _draw_stripes(grey: Pixels, rng: np.random.Generator) -> None:
    """Stripes of cloth, boards or blinds."""
    side, step, turn = len(grey), rng.uniform(4, 30), rng.uniform(0, np.pi)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    middle, reach, extent = rng.uniform(0, side, 2), rng.uniform(0.1, 0.7) * side, rng.uniform(0.2, 1.0) * side
    level, thick = rng.uniform(0, 255), int(rng.integers(1, 4))
    for place in np.arange(-reach, reach, step):
        _line(grey, middle + place * across + np.array([[-extent], [extent]]) * along, level, thick)


def _draw_rims(grey: Pixels, rng: np.random.Generator) -> None:
    """Two rings with a bridge and an arm: glasses; or one ring, an earring, a button, a medal."""
    side = len(grey)
    radius, turn, level = rng.uniform(0.05, 0.25) * side, rng.normal(0, 0.2), rng.choice([15.0, 60.0, 200.0, 245.0])
    axes, thick = (radius, radius * rng.uniform(0.6, 1.0)), int(rng.integers(1, 4))
    middle, across = rng.uniform(0.1, 0.9, 2) * side, np.array([np.cos(turn), np.sin(turn)])
    _ring(grey, middle, axes, turn, level, thick)
    if rng.random() < 0.7:
        other = middle + across * radius * rng.uniform(2.2, 2.7)
        _ring(grey, other, axes, turn, level, thick)
        _line(grey, np.stack([middle + across * radius, other - across * radius]), level, thick)
        _line(
            grey, np.stack([middle - across * radius, middle - across * radius * rng.uniform(1.5, 2.5)]), level, thick
        )


def _draw_chain(grey: Pixels, rng: np.random.Generator) -> None:
    """A hanging line of beads or a necklace, or the bright edge of a collar."""
    side = len(grey)
    left, right = rng.uniform(-0.1, 0.5) * side, rng.uniform(0.5, 1.1) * side
    share = np.linspace(0, 1, int(rng.integers(12, 50)))
    x = left + share * (right - left)
    y = rng.uniform(0, side) + 4 * share * (1 - share) * rng.uniform(0.1, 0.6) * side
    level, beads = rng.choice([30.0, 200.0, 250.0]), rng.uniform(1, 3.5)
    for one in np.stack([x, y], axis=1):
        _ring(grey, one, (beads, beads), 0.0, level, -1)


_KINDS = {
    _write_text: 0.1, _draw_hair: 0.12, _draw_lace: 0.07, _draw_stripes: 0.05, _draw_rims: 0.08, _draw_chain: 0.05,
}  # fmt: skip


def _line(grey: Pixels, points: Points, level: float, thick: int) -> None:
    corners = (points * 16).round().astype(np.int32)
    cv2.polylines(grey, [corners], False, float(np.clip(level, 0, 255)), thick, cv2.LINE_AA, shift=4)


def _ring(grey: Pixels, middle: Points, axes: tuple[float, float], turn: float, level: float, thick: int) -> None:
    at, radii = ((np.asarray(one) * 16).round().astype(int).tolist() for one in (middle, axes))
    cv2.ellipse(grey, at, radii, float(np.degrees(turn)), 0, 360, float(level), thick, cv2.LINE_AA, shift=4)
