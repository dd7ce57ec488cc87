"""A shadow of which the matte took a part moves as a whole; what is no shadow, or not taken, stays as it was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.image_ops import gaussian
from pipeline.layers.inpaint import fill_background
from pipeline.layers.wall_shadow import complete_shadow

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]

SIZE, WIDTH = (360, 400), 130.0
HEAD = ((190, 170), (72, 98))
WALL, LEFT = np.array([224, 226, 220]), np.array([0.27, 0.25, 0.23])


def ellipse(centre: tuple[int, int], axes: tuple[int, int]) -> Float:
    mask = np.zeros(SIZE, np.float32)
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    return np.minimum(gaussian(mask, 1.2), 1.0)


def head() -> Float:
    return ellipse(*HEAD)


def shadow(reach: int = 38) -> Float:
    """How deep the shadow is, beside the head by `reach` pixels."""
    return ellipse((HEAD[0][0] + reach, HEAD[0][1] + 14), HEAD[1])


def photo(shade: Float, left: NDArray[np.float64] = LEFT) -> Pixels:
    """A head with its shadow, of which `left` remains of the wall's light."""
    noise = np.random.default_rng(1).normal(0, 1.5, (*SIZE, 3))
    wall = WALL * (1 - shade[..., None] * (1 - left)) + noise
    person = head()[..., None]
    return np.clip(wall * (1 - person) + np.array([190, 140, 120]) * person, 0, 255).astype(np.uint8)


def take(shade: Float) -> Float:
    """The head's matte with the upper half of a shadow, as the closed form takes it: in doubt."""
    part = shade * (np.arange(SIZE[0]) < 190)[:, None]
    return np.maximum(head(), gaussian((0.4 * part).astype(np.float32), 4.0))


def test_a_shadow_of_which_a_part_was_taken_moves_as_a_whole() -> None:
    shade = shadow()
    pixels, alpha = photo(shade), take(shade)
    done = complete_shadow(pixels, alpha, WIDTH)
    assert done.dtype == np.float32
    assert (done >= alpha).all()
    assert done.max() <= 1.0
    whole = (shade > 0.95) & (head() < 0.01)
    assert (alpha[whole] < 0.02).mean() > 0.3
    assert done[whole].min() > 0.6
    assert (done - alpha)[(shade < 0.01) & (head() < 0.01)].max() < 0.15
    # no piece of the shadow is left behind it
    assert fill_background(pixels, done, WIDTH).mean(-1)[whole].min() > 200
    assert fill_background(pixels, alpha, WIDTH).mean(-1)[whole].min() < 100


@pytest.mark.parametrize(
    ("reach", "left", "taken"),
    [(38, LEFT, False), (200, LEFT, True), (38, np.array([0.2, 0.5, 0.9]), True)],
    ids=["not taken", "reaches far", "coloured"],
)
def test_what_is_not_a_shadow_in_part_stays(reach: int, left: NDArray[np.float64], taken: bool) -> None:
    shade = np.maximum(shadow(), shadow(reach // 2)) if reach > 100 else shadow()
    shade = np.maximum(shade, shadow(reach))
    alpha = take(shade) if taken else head()
    np.testing.assert_array_equal(complete_shadow(photo(shade, left), alpha, WIDTH), alpha)


@pytest.mark.parametrize("alpha", [np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)])
def test_without_a_person_or_a_wall_the_matte_stays(alpha: Float) -> None:
    np.testing.assert_array_equal(complete_shadow(photo(shadow()), alpha, WIDTH), alpha)
