"""The skin of hands: the hand with its bare forearm, not the sleeve."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.hands.finder import Hand
from pipeline.hands.shape import draw_hand
from pipeline.restore.hand_skin import find_hand_skin


def hand_upright(x: float, y: float, length: float) -> Hand:
    """A flat hand with its wrist at (x, y) and its fingers up."""
    fingers = [
        (x + length * across * (0.8 + 0.2 * step), y - length * (0.75 + 0.28 * step))
        for across in (-0.3, -0.1, 0.1, 0.3)
        for step in range(4)
    ]
    thumb = [
        (x - length * across, y - length * up) for across, up in ((0.2, 0.2), (0.45, 0.4), (0.6, 0.6), (0.7, 0.75))
    ]
    return Hand(np.array([(x, y), *thumb, *fingers], np.float32), 0.99)


def arm(sleeve: float | None) -> Float:
    """The lightness of a light upright arm on a dark wall, 200×200; a sleeve of that lightness from row 150 on."""
    light = np.full((200, 200), 25.0, np.float32)
    cv2.rectangle(light, (87, 110), (113, 199), 70.0, -1)
    light[draw_hand(hand_upright(100, 115, 40), (200, 200))] = 70
    if sleeve is not None:
        cv2.rectangle(light, (70, 150), (130, 199), sleeve, -1)
    return light


@pytest.mark.parametrize(("sleeve", "bare"), [(None, True), (40.0, False), (92.0, False)])
def test_the_bare_forearm_belongs_to_the_hand_and_a_sleeve_does_not(sleeve: float | None, bare: bool) -> None:
    skin = find_hand_skin(arm(sleeve), np.ones((200, 200), np.float32), hand_upright(100, 115, 40), 1.0)
    assert skin[85:110, 92:104].min() > 0.9  # the palm
    assert skin[122:142, 95:105].min() > 0.9  # the wrist
    assert (skin[160:180, 95:105].mean() > 0.5) == bare
    assert skin[:, :65].max() < 0.05 and skin[:, 150:].max() < 0.05  # the wall


def test_a_wall_as_light_as_the_hand_is_no_forearm() -> None:
    light = np.full((200, 200), 70.0, np.float32)
    skin = find_hand_skin(light, np.ones_like(light), hand_upright(100, 115, 40), 1.0)
    assert skin[85:110, 92:104].min() > 0.9
    assert skin[150:].mean() < 0.1 and skin[:, 160:].max() < 0.05


def test_a_sleeveless_picture_without_a_hand_of_that_size_stays() -> None:
    assert find_hand_skin(arm(None), np.ones((200, 200), np.float32), hand_upright(100, 115, 2), 1.0).max() == 0
