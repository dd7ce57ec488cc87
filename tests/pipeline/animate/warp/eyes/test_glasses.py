"""Rims are told from faces without them, and found where they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, trace_contour
from pipeline.animate.warp.eyes.glasses import find_rim, wears_glasses
from pipeline.arrays import Mask, Pixels
from pipeline.faces.finder import Face


def rims(pixels: Pixels, eyes: list[Contour], colour: tuple[int, int, int], thick: float) -> tuple[Pixels, Mask]:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    for eye in eyes:
        axes = round(0.8 * eye.width), round(0.6 * eye.width)
        cv2.ellipse(mask, eye.centre.astype(int).tolist(), axes, 0, 0, 360, 255, max(1, round(thick * eye.width)))
    if len(eyes) == 2:
        first, last = sorted(eye.inner_corner.astype(int).tolist() for eye in eyes)
        cv2.line(mask, first, last, 255, max(1, round(thick * eyes[0].width)))
    picture = pixels.copy()
    picture[mask > 0] = colour
    return picture, mask > 0


@pytest.fixture
def eyes(close_face: Face) -> list[Contour]:
    return [trace_contour(close_face.landmarks, eye) for eye in (RIGHT, LEFT)]


def test_a_bare_face_wears_none(close_up: Pixels, eyes: list[Contour]) -> None:
    assert not wears_glasses(close_up, eyes)


@pytest.mark.parametrize(("colour", "light"), [((30, 25, 20), 1.0), ((250, 240, 200), 0.5)], ids=["horn", "gold"])
def test_rims_are_found(close_up: Pixels, eyes: list[Contour], colour: tuple[int, int, int], light: float) -> None:
    picture, rim = rims((close_up * light).astype(np.uint8), eyes, colour, 0.05)
    assert wears_glasses(picture, eyes)
    left, top = np.floor(eyes[0].centre - eyes[0].width).astype(int)
    right, bottom = np.ceil(eyes[0].centre + eyes[0].width).astype(int)
    found = find_rim(picture, eyes[0], (int(left), int(top), int(right), int(bottom)))
    part = rim[top:bottom, left:right]
    assert found[part].mean() > 0.9
    assert found[~part].mean() < 0.13  # the brow may count too, which doesn't move with the lid; a fold above it not


def test_bags_below_the_eyes_are_no_glasses(close_up: Pixels, eyes: list[Contour]) -> None:
    picture = close_up.copy()
    for eye in eyes:
        axes, thick = (round(0.45 * eye.width), round(0.55 * eye.width)), max(1, round(0.05 * eye.width))
        cv2.ellipse(picture, eye.centre.astype(int).tolist(), axes, 0, 0, 180, (30, 25, 20), thick)
    assert not wears_glasses(picture, eyes)


def test_one_rim_alone_is_not_a_pair(close_up: Pixels, eyes: list[Contour]) -> None:
    picture, _ = rims(close_up, eyes[:1], (30, 25, 20), 0.05)
    assert not wears_glasses(picture, eyes)
    assert not wears_glasses(picture, eyes[:1])
