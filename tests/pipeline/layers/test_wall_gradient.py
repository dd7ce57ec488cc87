"""An even wall's gradient is found and goes on; other walls have none."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.image_ops import single
from pipeline.layers.wall_gradient import fit_gradient

HEIGHT, WIDTH, FACE = 300, 240, 80.0


def known() -> Float:
    person = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(person, (120, 120), (60, 80), 0, 0, 360, 1, -1)
    cv2.rectangle(person, (20, 200), (220, HEIGHT), 1, -1)
    return single(1 - person)


def studio() -> Float:
    """Dark blue above, nearly white below, and a little noise."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    wall = np.stack([40 + 0.6 * y + 0.0006 * y**2, 60 + 0.5 * y + 0.05 * x, 120 + 0.35 * y], -1)
    return single(wall + np.random.default_rng(1).normal(0, 2.0, wall.shape))


def test_a_studio_s_wall_goes_on_behind_the_person() -> None:
    wall, seen = studio(), known()
    person = np.where(seen[..., None] > 0, wall, 90.0)
    gradient = fit_gradient(single(person), seen, FACE)
    level = wall - gradient
    assert np.abs(level - level[seen > 0].mean(0)).mean(-1)[:200].max() < 8.0
    assert np.ptp(wall.mean(-1)[:200]) > 80.0


def test_shelves_have_no_gradient() -> None:
    wall = studio()
    wall[::40] = 10.0
    wall[20::40, ::3] = 240.0
    wall[:, 180:] += 60.0
    assert not fit_gradient(wall, known(), FACE).any()


def test_a_wall_that_is_hardly_seen_has_none() -> None:
    seen = np.zeros((HEIGHT, WIDTH), np.float32)
    seen[0, :50] = 1.0
    assert not fit_gradient(studio(), seen, FACE).any()
