"""A hand at the face and a matte in doubt are found; a portrait is free."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.risk import measure_risk
from pipeline.arrays import Float, Pixels


def with_hand(maps: WarpMaps, colour: tuple[int, int, int]) -> tuple[Pixels, Float]:
    """An arm from the left edge, whose hand lies at the right cheek, and its matte."""
    head, arm = maps.head, np.zeros(maps.pixels.shape[:2], np.uint8)
    cheek = (head.centre - 0.4 * head.width * head.across).astype(int)
    cv2.line(arm, cheek.tolist(), (0, int(cheek[1] + 0.2 * head.width)), 1, round(0.45 * head.width))
    pixels = maps.pixels.copy()
    pixels[arm > 0] = colour
    return pixels, np.maximum(maps.alpha, arm.astype(np.float32))


def cheek_colour(maps: WarpMaps) -> tuple[int, int, int]:
    x, y = maps.head.landmarks[50, :2].astype(int)
    red, green, blue = np.median(maps.pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3), 0).astype(int).tolist()
    return red, green, blue


def test_a_portrait_may_turn(maps: WarpMaps) -> None:
    assert maps.risk < 0.05


def test_a_hand_at_the_cheek_is_a_risk(maps: WarpMaps) -> None:
    pixels, alpha = with_hand(maps, cheek_colour(maps))
    assert measure_risk(pixels, alpha, maps.head) > 0.6


def test_a_wall_or_hair_of_another_colour_is_none(maps: WarpMaps) -> None:
    pixels, alpha = with_hand(maps, (70, 110, 160))
    assert measure_risk(pixels, alpha, maps.head) < 0.05


def test_skin_that_is_not_the_persons_is_none(maps: WarpMaps) -> None:
    pixels, _ = with_hand(maps, cheek_colour(maps))
    assert measure_risk(pixels, maps.alpha, maps.head) < 0.3


def test_a_matte_in_doubt_is_a_risk(maps: WarpMaps) -> None:
    doubt = np.where(maps.alpha < 0.5, np.float32(0.5), maps.alpha)
    assert measure_risk(maps.pixels, doubt, maps.head) > 0.9
