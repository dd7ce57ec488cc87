"""Hoops and strands beside a head belong to it; what the wall has elsewhere, too, does not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.faces.finder import Face, Pose
from pipeline.faces.mesh_topology import EARLOBES, LEFT_EYE_OUTER, OVAL, RIGHT_EYE_OUTER
from pipeline.image_ops import gaussian
from pipeline.layers.inpaint import fill_background
from pipeline.layers.loose_pieces import add_loose_pieces

Pixels = NDArray[np.uint8]
Float = NDArray[np.float32]

SIZE, WIDTH, MIDDLE = (420, 480), 140.0, (240, 200)
HOOP = (240 - 84, 268)
INK = (40, 25, 20)


def face() -> Face:
    """A face whose outline is an ellipse."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, :2] = MIDDLE
    angles = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    ring = np.stack([np.sin(angles) * WIDTH / 2, -np.cos(angles) * WIDTH * 0.65], -1)
    landmarks[list(OVAL), :2] += ring.astype(np.float32)
    for index, offset in zip((*EARLOBES, RIGHT_EYE_OUTER, LEFT_EYE_OUTER), (-68, 68, -40, 40), strict=True):
        landmarks[index, :2] = MIDDLE[0] + offset, MIDDLE[1] + (30 if index in EARLOBES else -25)
    return Face(np.array([170, 109, 310, 291], np.float32), landmarks, Pose(0.0, 0.0, 0.0), 1.0, 1.0)


def even() -> Float:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    return np.stack([70 + 0.05 * x, 110 + 0.04 * y, 130 + 0 * x], -1)


def barred() -> Float:
    """Bars as thin as what hangs beside the head."""
    wall = even()
    wall[:, np.arange(SIZE[1]) % 24 < 3] -= 60
    return wall


def stand_before(wall: Float, draw: Callable[[Pixels], object]) -> tuple[Pixels, Float, Pixels]:
    """The photo of a head before a wall with something drawn beside it, the head's matte, and the wall alone."""
    alpha = np.zeros(SIZE, np.float32)
    cv2.ellipse(alpha, MIDDLE, (75, 110), 0, 0, 360, 1.0, -1)
    alpha = gaussian(alpha, 1.0)
    noise = np.random.default_rng(2).normal(0, 1.5, (*SIZE, 3))
    clean = np.clip(wall + noise, 0, 255).astype(np.uint8)
    photo = clean.copy()
    draw(photo)
    person = alpha[..., None]
    return (photo * (1 - person) + np.array((200, 160, 140)) * person).astype(np.uint8), alpha, clean


def hoop(photo: Pixels) -> None:
    cv2.circle(photo, HOOP, 18, (235, 210, 60), 3, cv2.LINE_AA)


def strand(photo: Pixels) -> None:
    cv2.polylines(photo, [np.array([(300, 120), (335, 140), (340, 180), (330, 205)])], False, INK, 2, cv2.LINE_AA)


def pole(photo: Pixels) -> None:
    cv2.line(photo, (300, 150), (479, 120), INK, 4, cv2.LINE_AA)


def shelf(photo: Pixels) -> None:
    cv2.rectangle(photo, (320, 150), (360, 260), INK, -1)


def letter(photo: Pixels) -> None:
    """A broad sign that reaches from far away to the ear, under which an ear-ring could hang."""
    cv2.rectangle(photo, (20, 262), (170, 310), (20, 110, 190), -1)


def small_print(photo: Pixels) -> None:
    """Crumbs beside the neck, not at the ear."""
    for x in range(120, 170, 9):
        cv2.rectangle(photo, (x, 272), (x + 3, 276), (235, 235, 235), -1)


def cast_shadow(photo: Pixels) -> None:
    """As the head's own outline, a little aside: a step of light that is thin nowhere."""
    photo[:] = np.where(shadow_mask()[..., None], photo * 0.35, photo).astype(np.uint8)


def shadow_mask() -> NDArray[np.bool_]:
    mask = np.zeros(SIZE, np.uint8)
    cv2.ellipse(mask, (MIDDLE[0] + 34, MIDDLE[1] + 20), (75, 100), 0, 0, 360, 1, -1)
    return np.asarray(mask > 0)


def drawn(draw: Callable[[Pixels], object]) -> NDArray[np.bool_]:
    mask = np.zeros((*SIZE, 3), np.uint8)
    draw(mask)
    return np.asarray(mask.max(-1) > 15)


@pytest.mark.parametrize(("wall", "draw"), [(even, hoop), (even, strand), (barred, hoop)])
def test_a_piece_is_the_persons(wall: Callable[[], Float], draw: Callable[[Pixels], object]) -> None:
    photo, alpha, _ = stand_before(wall(), draw)
    found = add_loose_pieces(photo, alpha, face(), WIDTH)
    assert found.dtype == np.float32
    assert (found >= alpha).all()
    assert found.max() <= 1
    assert found[drawn(draw)].mean() > 0.9
    around = cv2.dilate(drawn(draw).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert (found - alpha)[~around].max() < 0.05


@pytest.mark.parametrize(
    ("wall", "draw"),
    [
        (even, pole), (even, shelf), (barred, strand), (even, letter), (barred, letter), (barred, small_print),
        (even, cast_shadow),
    ],
)  # fmt: skip
def test_what_is_the_walls_stays_there(wall: Callable[[], Float], draw: Callable[[Pixels], object]) -> None:
    photo, alpha, _ = stand_before(wall(), draw)
    np.testing.assert_array_equal(add_loose_pieces(photo, alpha, face(), WIDTH), alpha)


@pytest.mark.parametrize("draw", [hoop, strand])
def test_behind_a_piece_there_is_wall(draw: Callable[[Pixels], object]) -> None:
    """It would be seen twice, or in halves, when the head turns."""
    photo, alpha, wall = stand_before(even(), draw)
    filled = fill_background(photo, add_loose_pieces(photo, alpha, face(), WIDTH), WIDTH)
    assert np.abs(filled - wall)[drawn(draw)].mean() < 6
    assert np.abs(filled - wall)[drawn(draw)].max() < 30


def test_on_a_plain_wall_the_matte_stays() -> None:
    photo, alpha, _ = stand_before(even(), lambda photo: None)
    np.testing.assert_array_equal(add_loose_pieces(photo, alpha, face(), WIDTH), alpha)


def test_a_face_that_fills_the_photo_keeps_its_matte() -> None:
    alpha = np.ones(SIZE, np.float32)
    np.testing.assert_array_equal(add_loose_pieces(np.zeros((*SIZE, 3), np.uint8), alpha, face(), WIDTH), alpha)
