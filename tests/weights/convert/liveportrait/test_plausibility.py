"""What the trained net M can't say is noticed: other weights, a wrong order of its answers."""

from __future__ import annotations

import numpy as np
import pytest

from weights.convert.liveportrait.plausibility import dead_coordinates, draw_face, find_oddities


def expression(count: int = 4) -> np.ndarray:
    """Offsets such as the trained net gives: 36 coordinates of some thousandths, 27 that rest."""
    random = np.random.default_rng(3)
    live = random.normal(0.0, 6e-3, (count, 21, 3))
    return np.where(dead_coordinates(), random.uniform(-2.5e-4, 2.5e-4, live.shape), live).astype(np.float32)


SCALE, SHIFT = np.full((4, 1), 1.4, np.float32), np.full((4, 3), 0.1, np.float32)


def test_27_coordinates_rest() -> None:
    dead = dead_coordinates()
    assert dead.sum() == 27 and dead[[6, 8, 9, 12, 18]].all() and not dead[[10, 17, 19, 20], 2].any()
    assert not dead[[11, 15], 0].any() and not dead[[1, 2, 14, 19, 20], 1].any()  # those that our curves move


def test_a_trained_net_has_no_oddities() -> None:
    assert find_oddities(expression(), SCALE, SHIFT) == ()
    assert find_oddities(expression(1), np.float32([1.1]), np.float32([[-0.23, 0.2]])) == ()


def test_a_wrong_order_of_the_answers_is_named() -> None:
    turned = expression().reshape(4, 3, 21).transpose(0, 2, 1)
    (sentence,) = find_oddities(turned, SCALE, SHIFT)
    assert "coordinates move that should rest (" in sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("expression", np.zeros((4, 21, 3), np.float32), "no coordinate of the expression reaches 0.001: at most 0"),
        ("expression", np.full((4, 21, 3), np.nan, np.float32), "27 of 27 coordinates move"),
        ("scale", np.full((4, 1), 3.25, np.float32), "the scale of a face is 3.25 to 3.25, real ones 1.1 to 1.7"),
        ("scale", np.full((4, 1), np.nan, np.float32), "the scale of a face is nan"),
        ("translation", np.full((4, 3), -0.75, np.float32), "is shifted by 0.75, real ones by 0.23"),
    ],
)
def test_what_is_odd_is_said(name: str, value: np.ndarray, said: str) -> None:
    answers = {"expression": expression(), "scale": SCALE, "translation": SHIFT, name: value}
    assert said in find_oddities(**answers)[0]


@pytest.mark.parametrize("side", [64, 256])
def test_the_drawn_face_is_framed_as_the_net_wants_it(side: int) -> None:
    face = draw_face(side)
    assert face.shape == (1, 3, side, side) and face.dtype == np.float32
    assert face.min() >= 0.0 and face.max() <= 1.0 and face.std() > 0.1
    middle, corner = face[0, :, round(0.6 * side), round(0.4 * side)], face[0, :, 0, 0]
    assert middle[0] > middle[2] + 0.2 and corner[0] < corner[2]  # skin and background
