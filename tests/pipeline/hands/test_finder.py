"""Hands are found in colour and in grey, each once, and no face, helmet or cup is taken for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.faces.crop import Square
from pipeline.faces.finder import Face, FaceFinder
from pipeline.hands.finder import POINTS, Hand, find_hands, look_at_face, look_at_person
from pipeline.hands.shape import draw_hand
from pipeline.runtime import Runtime
from weights.train import damage

# by eye: the middles of the palms of hands that are seen whole
PALMS = [(709, 537), (1009, 472), (249, 460), (1252, 605), (325, 631)]


@pytest.fixture(scope="module")
def hands(runtime: Runtime, table: Pixels, people: Sequence[Face]) -> tuple[Hand, ...]:
    return find_hands(runtime, table, [square for face in people for square in look_at_person(face)])


def find_at(hands: Sequence[Hand], palm: tuple[float, float]) -> list[Hand]:
    return [hand for hand in hands if np.hypot(*(hand.middle - palm)) < 25]


@pytest.mark.parametrize("tone", [damage.to_grayscale, damage.to_sepia])
def test_hands_are_found_once_whatever_the_colour(
    runtime: Runtime, table: Pixels, people: Sequence[Face], hands: Sequence[Hand], tone: Callable[[Pixels], Pixels]
) -> None:
    looks = [square for face in people for square in look_at_person(face)]
    for found in (hands, find_hands(runtime, tone(table), looks)):
        assert len(found) == len(PALMS)
        assert [len(find_at(found, palm)) for palm in PALMS] == [1] * len(PALMS)
        assert all(hand.presence > 0.8 and 35 < hand.length < 75 for hand in found)


def test_the_points_of_a_hand_are_where_they_should_be(hands: Sequence[Hand]) -> None:
    (resting,) = find_at(hands, PALMS[4])  # on the table: the wrist above, the fingers below
    assert resting.points.shape == (POINTS, 2)
    assert (resting.points[[8, 12, 16, 20], 1] > resting.points[0, 1] + 30).all()


def test_a_turned_look_finds_the_same_points(runtime: Runtime, table: Pixels, hands: Sequence[Hand]) -> None:
    (upright,) = find_at(hands, PALMS[1])
    (hand,) = find_hands(runtime, table, [Square(*PALMS[1], 260, angle=0.4)])
    assert np.linalg.norm(hand.points - upright.points, axis=1).mean() < 0.15 * upright.length


def test_no_other_thing_is_a_hand(runtime: Runtime) -> None:
    portrait = np.asarray(data.astronaut(), np.uint8)
    (face, *_) = FaceFinder(runtime).find(portrait)
    assert find_hands(runtime, portrait, [look_at_face(face), *look_at_person(face)]) == ()
    assert find_hands(runtime, np.asarray(data.coffee(), np.uint8), [Square(300, 200, 400)]) == ()


def test_the_drawn_outline_is_the_hands(table: Pixels, hands: Sequence[Hand]) -> None:
    (hand,) = find_at(hands, PALMS[0])  # before a red shirt
    size = (table.shape[0], table.shape[1])
    shape = draw_hand(hand, size)
    skin = cv2.cvtColor(table, cv2.COLOR_RGB2HSV)[..., 2] > 150
    assert skin[shape].mean() > 0.85
    assert 0.8 < shape.sum() / hand.length**2 < 2.2
    half = draw_hand(hand, (size[0] // 2, size[1] // 2), 0.5)
    assert abs(int(half.sum()) * 4 - int(shape.sum())) < 0.15 * shape.sum()
