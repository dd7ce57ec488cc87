"""An eye's contour in its own frame, on an eye whose shape is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, EyeLandmarks, trace_contour
from pipeline.animate.warp.formula import LID_SAMPLES

Float = NDArray[np.float32]


def drawn(
    eye: EyeLandmarks, width: float = 40.0, opening: float = 0.35, degrees: float = 0.0, centre: float = 100.0
) -> Float:
    """Landmarks of an almond eye: two parabolas between the corners, iris in the middle, brow half a width above."""
    landmarks = np.zeros((478, 3), np.float32)
    share = np.linspace(-1, 1, 9)
    arc = (1 - share**2) * opening * width
    landmarks[list(eye.upper), 0], landmarks[list(eye.upper), 1] = share * width / 2, -0.6 * arc
    landmarks[list(eye.lower), 0], landmarks[list(eye.lower), 1] = share * width / 2, 0.4 * arc
    landmarks[list(eye.brow), 0] = np.linspace(-0.6, 0.6, 5) * width
    landmarks[list(eye.brow), 1] = -0.6 * width
    landmarks[list(eye.iris), 1] = -0.02 * width
    angle = np.deg2rad(degrees)
    turn = np.float32([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks[:, :2] = landmarks[:, :2] @ turn.T + centre
    return landmarks


def at(contour: Contour, curve: NDArray[np.float64], u: float) -> float:
    return float(np.interp(u, contour.at, curve))


@settings(deadline=None, max_examples=40)
@given(st.floats(6, 300), st.floats(0.0, 0.55), st.floats(-40, 40), st.sampled_from([LEFT, RIGHT]))
def test_a_known_eye_is_measured(width: float, opening: float, degrees: float, eye: EyeLandmarks) -> None:
    contour = trace_contour(drawn(eye, width, opening, degrees), eye)
    assert contour.width == pytest.approx(width, rel=1e-3)
    np.testing.assert_allclose(contour.centre, 100, atol=1e-2)
    angle = np.deg2rad(degrees)
    np.testing.assert_allclose(contour.axis_u, [np.cos(angle), np.sin(angle)], atol=1e-3)
    np.testing.assert_allclose(contour.axis_v, [-np.sin(angle), np.cos(angle)], atol=1e-3)
    assert contour.openness == pytest.approx(opening, abs=0.02)
    np.testing.assert_allclose(contour.iris, [0, -0.02 * width], atol=1e-2)
    for name in ("upper", "lower", "opening", "travel", "rise", "top"):
        curve = getattr(contour, name)
        assert curve.shape == (LID_SAMPLES,)
        assert np.isfinite(curve).all()


def test_lids_are_where_they_were_drawn() -> None:
    contour = trace_contour(drawn(RIGHT), RIGHT)
    for u in (-10.0, 0.0, 10.0):
        arc = (1 - (u / 20) ** 2) * 14
        assert at(contour, contour.upper, u) == pytest.approx(-0.6 * arc, abs=0.25)
        assert at(contour, contour.lower, u) == pytest.approx(0.4 * arc, abs=0.25)
        assert at(contour, contour.opening, u) == pytest.approx(arc, abs=0.25)


@pytest.mark.parametrize("opening", [0.15, 0.35, 0.5])
def test_a_shut_eye_is_shut(opening: float) -> None:
    """Both lids together go the whole way, the upper one most of it, and cover the wet line."""
    contour = trace_contour(drawn(RIGHT, opening=opening), RIGHT)
    inner = np.abs(contour.at) < 0.32 * contour.width
    gap = (contour.opening - contour.travel - contour.rise)[inner]
    assert gap.max() < 0.02 * contour.width
    assert gap.min() > -0.12 * contour.width
    most = 1.65 if opening < 0.3 else 2.0  # a narrow eye leaves the upper lid less of the way
    assert contour.travel[inner].sum() > most * contour.rise[inner].sum()
    middle = np.abs(contour.at) < 0.02 * contour.width
    assert (contour.travel > most * contour.rise)[middle].all()
    assert (contour.rise >= -1e-9).all()


@pytest.mark.parametrize("eye", [RIGHT, LEFT])
def test_shut_lashes_lie_as_those_of_real_eyes(eye: EyeLandmarks) -> None:
    """The mean of 14 eyes of filmed people, from the outer to the inner corner, below the line through the corners."""
    real = np.array([0.05, 0.07, 0.08, 0.05, 0.03, 0.0, -0.05])
    contour = trace_contour(drawn(eye, opening=0.3), eye)
    share = np.arange(1, 8) / 8 - 0.5
    places = (share if contour.outer_is_left else -share) * contour.width
    line = np.interp(places, contour.at, contour.upper + contour.travel) / contour.width
    assert np.abs(line - real)[:6].max() < 0.03 and np.abs(line - real)[6] < 0.05  # there this eye is too wide open
    assert 1 <= int(np.argmax(line)) <= 2 and (np.diff(line)[2:] < 0).all()


@pytest.mark.parametrize("eye", [RIGHT, LEFT])
def test_nothing_moves_far_beyond_the_corners(eye: EyeLandmarks) -> None:
    contour = trace_contour(drawn(eye), eye)
    outwards = (-contour.at if contour.outer_is_left else contour.at) / contour.width
    beyond = (outwards > 0.9) | (outwards < -0.62)
    for name in ("opening", "travel", "rise"):
        assert np.abs(getattr(contour, name)[beyond]).max() < 0.004 * contour.width


@pytest.mark.parametrize("eye", [RIGHT, LEFT])
def test_lashes_beyond_the_outer_corner_turn_down_with_the_lid(eye: EyeLandmarks) -> None:
    """They and a liner's wing do not stay in the air above a line with a hook."""
    contour = trace_contour(drawn(eye), eye)
    outwards = (-contour.at if contour.outer_is_left else contour.at) / contour.width
    line = (contour.upper + contour.travel) / contour.width
    beside = (outwards > 0.5) & (outwards < 0.7)
    assert 0.02 < contour.travel[beside].min() / contour.width < contour.travel[beside].max() / contour.width < 0.075
    around = (outwards > 0.3) & (outwards < 0.7)
    slope = np.gradient(line[around], outwards[around])
    assert np.abs(slope).max() < 0.5
    assert line[beside].min() > line[around].max() - 0.075


def test_beside_a_narrow_eye_less_turns_down() -> None:
    narrow, wide = (trace_contour(drawn(RIGHT, opening=opening), RIGHT) for opening in (0.1, 0.35))
    assert at(narrow, narrow.travel, -24.0) < 0.5 * at(wide, wide.travel, -24.0)


def test_the_lids_skin_begins_below_the_brow() -> None:
    contour = trace_contour(drawn(RIGHT), RIGHT)
    inner = np.abs(contour.at) < 0.4 * contour.width
    assert (contour.top[inner] < contour.upper[inner]).all()
    assert (contour.top[inner] > -0.6 * contour.width).all()


@settings(deadline=None)
@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(-40, 40))
def test_local_places_are_turned_with_the_eye(x: float, y: float, degrees: float) -> None:
    contour = trace_contour(drawn(RIGHT, degrees=degrees), RIGHT)
    place = np.float32([[x]]), np.float32([[y]])
    u, v = contour.local(*place)
    back = contour.centre + u[0, 0] * contour.axis_u + v[0, 0] * contour.axis_v
    np.testing.assert_allclose(back, [x, y], atol=1e-3)


def test_outer_corners() -> None:
    """On the picture the outer corner of the person's right eye is the left one."""
    assert trace_contour(drawn(RIGHT), RIGHT).outer_is_left
    assert not trace_contour(drawn(LEFT), LEFT).outer_is_left


def test_points_above_each_other_do_no_harm() -> None:
    """The far eye of a half-profile: several landmarks of a lid at one u."""
    landmarks = drawn(RIGHT)
    for lid in (RIGHT.upper, RIGHT.lower):
        landmarks[list(lid[1:4]), 0] = landmarks[lid[2], 0]
    contour = trace_contour(landmarks, RIGHT)
    assert np.isfinite(contour.upper).all()
    assert np.isfinite(contour.travel).all()
    assert contour.openness < 0.6


@pytest.mark.parametrize("eye", [LEFT, RIGHT])
def test_the_shut_line_has_no_hump_at_the_outer_corner(eye: EyeLandmarks) -> None:
    contour = trace_contour(drawn(eye, opening=0.45), eye)
    line = contour.upper + contour.travel
    beyond = (-contour.at if contour.outer_is_left else contour.at) / contour.width - 0.5
    ends = [float(line[np.argmin(np.abs(beyond - place))]) for place in (-0.18, 0.28)]
    near = (beyond > -0.18) & (beyond < 0.28)
    straight = np.interp(beyond[near], (-0.18, 0.28), ends)
    assert (line[near] - straight).min() > -0.01 * contour.width


@pytest.mark.parametrize("eye", [RIGHT, LEFT])
def test_a_wide_eye_shuts_lower_than_a_usual_one(eye: EyeLandmarks) -> None:
    """By half of what it is wider, as filmed people's eyes do; its lower lid is lower only in part."""
    narrow, usual, wide = (trace_contour(drawn(eye, opening=opening), eye) for opening in (0.24, 0.3, 0.38))
    lines = [at(one, one.upper + one.travel, 0.0) / one.width for one in (narrow, usual, wide)]
    assert 0.02 < lines[1] - lines[0] < 0.06 and 0.03 < lines[2] - lines[1] < 0.07
    for one in (narrow, usual, wide):
        assert at(one, one.upper + one.travel, 0.0) < at(one, one.lower, 0.0)
