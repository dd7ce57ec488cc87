"""Clothes and walls: one colour for one lightness, however far from the face; the face's own stays."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.bodies.finder import POINTS, Body
from pipeline.faces.crop import Square
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.faces.mesh_topology import OVAL
from pipeline.restore.colour_calm import draw_bodies, settle_colour

SIDE = 240


def make_face(x: float, y: float) -> Face:
    """A face of 60×80 pixels with level eyes."""
    points = np.zeros((478, 3), np.float32)
    points[:, :2] = (x, y)
    turn = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points[list(OVAL), :2] = np.stack([x + 30 * np.sin(turn), y - 40 * np.cos(turn)], axis=1)
    points[[33, 133], :2], points[[362, 263], :2] = ((x - 15, y - 5), (x - 7, y - 5)), ((x + 7, y - 5), (x + 15, y - 5))
    box = np.array((x - 30, y - 40, x + 30, y + 40), np.float32)
    return Face(box, points, Pose(0, 0, 0), 1.0, 1.0)


@pytest.fixture(scope="module")
def picture() -> tuple[Float, Float, Float]:
    """A guess of colour that fades out below the face, the lightness, and the people: a body on a wall with a spot."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    body = ((np.abs(x - 120) < 70) & (y > 125)) | (np.hypot(x - 120, y - 80) < 45)
    light = np.where(body, 52, 75).astype(np.float32)
    light[np.hypot((x - 120) / 30, (y - 80) / 40) < 1] = 65
    canvas = np.zeros((SIDE, SIDE, 2), np.float32)
    canvas[..., 1] = np.where(body, np.clip((SIDE - y) / 6, 0, 20), 0)
    canvas[40:80, 180:200] = (-4, -12)  # a blue spot beside the head
    canvas[60:100, 100:140] = (15, 20)
    return canvas, light, body.astype(np.float32)


def test_a_coat_has_one_colour_and_the_face_keeps_its_own(picture: tuple[Float, Float, Float]) -> None:
    canvas, light, people = picture
    settled = settle_colour(canvas, light, people, [make_face(120, 80)], 1.0)
    coat = settled[150:235, 120, 1]
    assert np.ptp(canvas[150:235, 120, 1]) > 12 and np.ptp(coat) < 3
    assert canvas[235, 120, 1] + 3 < coat.mean() < canvas[150, 120, 1]
    assert np.allclose(settled[70:90, 110:130], canvas[70:90, 110:130], atol=0.5)


def test_a_breast_as_light_as_the_face_keeps_its_colour(picture: tuple[Float, Float, Float]) -> None:
    canvas, light, people = picture
    bare = light.copy()
    bare[125:170, 90:150] = 65
    settled = settle_colour(canvas, bare, people, [make_face(120, 80)], 1.0)
    assert np.allclose(settled[128:135, 110:130], canvas[128:135, 110:130], atol=0.5)


def test_cloth_as_light_as_the_face_has_no_spot_as_strong_as_skin(picture: tuple[Float, Float, Float]) -> None:
    canvas, light, people = picture
    worn, spot = light.copy(), canvas.copy()
    worn[140:170, 55:185] = 65
    spot[140:170, 60:80] = spot[140:170, 110:130] = (15, 20)
    settled = settle_colour(spot, worn, people, [make_face(120, 80)], 1.0)
    strength = np.hypot(settled[..., 0], settled[..., 1])
    assert strength[145:165, 62:78].max() < 13 < 20 < strength[142:146, 115:125].min()  # the lapel, the throat


def test_a_wall_has_no_spot(picture: tuple[Float, Float, Float]) -> None:
    canvas, light, people = picture
    settled = settle_colour(canvas, light, people, [make_face(120, 80)], 1.0)
    assert np.abs(settled[20:100, 170:235] - settled[20, 20]).max() < 0.1


def test_each_person_has_clothes_of_their_own() -> None:
    light = np.full((SIDE, SIDE), 50, np.float32)
    light[20:100] = 80  # the faces
    canvas = np.zeros((SIDE, SIDE, 2), np.float32)
    canvas[:, : SIDE // 2, 0], canvas[:, SIDE // 2 :, 1] = 10, 10
    canvas[24:96, 40:80] = canvas[24:96, 160:200] = (15, 20)
    faces = [make_face(60, 60), make_face(180, 60)]
    settled = settle_colour(canvas, light, np.ones_like(light), faces, 1.0)
    assert np.allclose(settled[200, 40], (10, 0), atol=0.5) and np.allclose(settled[200, 200], (0, 10), atol=0.5)


@pytest.mark.parametrize(("tone", "cool"), [(12, True), (55, False), (96, None)])
def test_dark_cloth_is_cool_and_white_is_white(
    picture: tuple[Float, Float, Float], tone: float, cool: bool | None
) -> None:
    canvas, light, people = picture
    worn = light.copy()
    worn[130:] = np.where(people[130:] > 0, tone, worn[130:])
    settled = settle_colour(canvas + np.float32((4, 8)), worn, people, [make_face(120, 80)], 1.0)
    a, b = settled[200:230, 100:140].reshape(-1, 2).mean(axis=0)
    if cool is None:
        assert np.hypot(a, b) < 3
    else:
        assert (b < 0) == cool
    assert settled[80, 120, 1] > 10  # the face


def test_a_wall_is_cooler_in_the_shade(picture: tuple[Float, Float, Float]) -> None:
    canvas, light, people = picture
    shaded = light.copy()
    shaded[:, :60] = 15
    settled = settle_colour(np.full_like(canvas, 2.0), shaded, people, [make_face(120, 80)], 1.0)
    assert settled[20:100, 10:50, 1].mean() < -1 < 1 < settled[20:100, 200:230, 1].mean()


def test_people_are_where_their_bodies_are_and_everywhere_beside_a_face_without_one() -> None:
    outline = np.zeros((64, 64), np.float32)
    outline[32:, 16:48] = 1  # from the middle of the square down
    body = Body(np.zeros((POINTS, 2), np.float32), np.ones(POINTS, np.float32), outline, Square(119.5, 119.5, 240))
    face = make_face(120, 80)
    people = draw_bodies([face], [body], (SIDE, SIDE), 1.0)
    assert people[150:230, 75:165].min() > 0.95 and people[60:100, 100:140].min() > 0.95
    assert people[:, :30].max() < 0.5 and people[:, 210:].max() < 0.5
    half = draw_bodies([face], [body], (SIDE // 2, SIDE // 2), 0.5)
    assert np.abs(half - people.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3))).mean() < 0.02
    assert draw_bodies([face, make_face(200, 80)], [body, None], (SIDE, SIDE), 1.0).min() == 1
