"""A face that is painted over or blurred away is said to be so; photos that show none, and drawings, are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.errors import FaceError, Reason
from pipeline.faces.finder import FaceFinder
from pipeline.faces.lost import find_strokes, refuse_lost
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    return read_photo(astronaut(), long_side=480)


def refusal(runtime: Runtime, pixels: Pixels) -> tuple[Reason, str] | None:
    try:
        refuse_lost(runtime, pixels)
    except FaceError as error:
        return error.reason, error.cause
    return None


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (200, 30, 30)])
def test_a_face_under_a_stroke_is_covered(runtime: Runtime, portrait: Pixels, colour: tuple[int, int, int]) -> None:
    finder = FaceFinder(runtime)
    (face,) = finder.find(portrait)
    left, top, right, bottom = face.box
    across, down = (right - left) / 4, (bottom - top) / 4
    way = np.array([(left, top + down), (right, top + down), (left, bottom - 2 * down), (right, bottom - 2 * down)])
    scribbled = portrait.copy()
    cv2.polylines(
        scribbled, [np.rint(way).astype(np.int32)], isClosed=False, color=colour, thickness=round(1.3 * across)
    )
    assert finder.find(scribbled) == ()
    assert refusal(runtime, scribbled) == (Reason.FACE_COVERED, "")


def test_a_face_that_is_blurred_away_is_called_unsharp(runtime: Runtime, portrait: Pixels) -> None:
    finder = FaceFinder(runtime)
    (face,) = finder.find(portrait)
    width = float(face.box[2] - face.box[0])
    left, top, right, bottom = np.rint(face.box + 1.2 * width * np.array([-1, -1, 1, 1])).astype(int)
    around = portrait[max(0, top) : bottom, max(0, left) : right]
    blurred = np.asarray(cv2.GaussianBlur(around, (0, 0), 0.07 * width), np.uint8)
    assert finder.find(blurred) == ()
    assert refusal(runtime, blurred) == (Reason.LOW_QUALITY, "blur")


def test_nothing_is_said_where_nobody_is(runtime: Runtime, portrait: Pixels) -> None:
    wall = np.ascontiguousarray(portrait[:120, :200])
    for empty in (wall, np.asarray(cv2.GaussianBlur(wall, (0, 0), 6), np.uint8), np.full_like(wall, 90)):
        assert refusal(runtime, empty) is None


def test_lines_on_paper_are_no_stroke_over_a_face(runtime: Runtime) -> None:
    paper = np.full((400, 400, 3), 255, np.uint8)
    cv2.circle(paper, (200, 200), 120, (0, 0, 0), 3)
    for x in (160, 240):
        cv2.circle(paper, (x, 170), 14, (0, 0, 0), 3)
    cv2.ellipse(paper, (200, 250), (50, 25), 0, 0, 180, (0, 0, 0), 3)
    assert find_strokes(paper).mean() > 0.6
    assert refusal(runtime, paper) is None


def test_a_stroke_has_one_colour_to_the_last_level(portrait: Pixels) -> None:
    noise = np.random.default_rng(0).integers(0, 3, portrait.shape, np.uint8)
    barred = np.minimum(portrait, 250) + noise
    assert not find_strokes(barred).any()
    barred[100:200, 100:220] = 7
    strokes = find_strokes(barred)
    assert strokes[105:195, 105:215].all()
    assert strokes.sum() < 1.1 * 100 * 120
