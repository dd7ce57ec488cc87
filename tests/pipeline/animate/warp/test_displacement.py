"""Curves become displacements, and displacements are inverted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from pipeline.animate.warp.displacement import backward_field, forward_field
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.motion.channels import LIMITS

Float = NDArray[np.float32]
MakeCurves = Callable[..., Mapping[str, float]]

natural = st.fixed_dictionaries(
    {
        "yaw": st.floats(-7, 7),
        "pitch": st.floats(-4, 4),
        "roll": st.floats(-3, 3),
        "smile": st.floats(0, 0.8),
        "brow": st.floats(-0.5, 0.6),
        "breath": st.floats(0, 1),
        "sway_x": st.floats(-0.03, 0.03),
        "sway_y": st.floats(-0.03, 0.03),
    }
)


def person_residual(maps: WarpMaps, curves: Mapping[str, float]) -> float:
    """The largest one where a person comes from; what the wall is thought to do is never shown."""
    forward = forward_field(maps, curves)
    return float(residual(forward, maps.grid.step)[cv2.dilate(maps.alpha, np.ones((5, 5))) > 0].max())


def residual(forward: Float, step: int) -> NDArray[np.float64]:
    """|D(p - d(p)) - d(p)| in pixels, looked up by another library than the product's, within the picture."""
    back = backward_field(forward, step).astype(np.float64)
    rows, columns = np.mgrid[: forward.shape[0], : forward.shape[1]].astype(np.float64)
    at = [rows - back[..., 1] / step, columns - back[..., 0] / step]
    found = np.stack([map_coordinates(forward[..., i], at, order=1, mode="nearest") for i in (0, 1)], -1)
    return np.hypot(*np.moveaxis(found - back, -1, 0))


@pytest.mark.filterwarnings("default::hypothesis.errors.HypothesisWarning")  # maps are long to print
@settings(max_examples=15, deadline=None)
@given(natural)
def test_the_inverse_inverts(maps: WarpMaps, make_curves: MakeCurves, curves: dict[str, float]) -> None:
    assert person_residual(maps, make_curves(**curves)) < 0.05


@pytest.mark.parametrize(
    "curves",
    [
        {"yaw": 10.0},
        {"yaw": -10.0},
        {"pitch": 8.0},
        {"pitch": -8.0},
        {"roll": 7.0},
        {"smile": 1.0, "breath": 1.0},
        {"widen": 1.0},
        {"sway_x": 0.05, "sway_y": -0.05},
    ],
    ids=str,
)
def test_a_large_motion_is_inverted(maps: WarpMaps, make_curves: MakeCurves, curves: dict[str, float]) -> None:
    assert person_residual(maps, make_curves(**curves)) < 0.05


FULL = (
    {"yaw": 14.0},
    {"yaw": -14.0},
    {"yaw": 14.0, "pitch": 8.0, "roll": 7.0},
    {"smile": 1.0, "brow": 1.0, "widen": 1.0},
)


@pytest.mark.parametrize("curves", FULL, ids=str)
def test_a_full_turn_is_inverted(maps: WarpMaps, make_curves: MakeCurves, curves: dict[str, float]) -> None:
    assert (
        person_residual(maps, make_curves(**curves)) < 0.2
    )  # at the limits; what a motion really does is held to less above


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.integers(1, 12), st.integers(0, 99))
def test_any_gentle_field_is_inverted(strength: float, other: float, step: int, seed: int) -> None:
    phase = np.random.default_rng(seed).uniform(0, 6, 4)
    y, x = np.mgrid[:60, :70] / 10
    wave = np.stack([np.sin(x + phase[0]) + np.cos(y + phase[1]), np.sin(y + phase[2]) + np.cos(x + phase[3])], -1)
    field = (wave * np.array([strength, other]) * 5 * step).astype(np.float32)  # slopes up to 0.4
    slope = max(abs(strength), abs(other)) * 0.5
    inner = residual(field, step)[10:-10, 10:-10]
    assert inner.max() < 0.05 * step + 10 * step * (2 * slope) ** 6


def test_a_shift_is_inverted_exactly() -> None:
    field = np.tile(np.float32([3.0, -2.0]), (20, 30, 1))
    np.testing.assert_allclose(backward_field(field, 4), field, atol=1e-4)


def test_nothing_moves_at_rest_and_each_curve_moves_something(maps: WarpMaps, make_curves: MakeCurves) -> None:
    assert not forward_field(maps, make_curves()).any()
    for name, (_, highest) in LIMITS.items():
        moved = np.abs(forward_field(maps, make_curves(**{name: highest}))).max()
        assert (moved == 0) == (name.startswith(("blink", "gaze")))  # those are drawn, not displaced


def at(maps: WarpMaps, field: Float, landmark: int) -> tuple[float, float]:
    """(right, down) in pixels."""
    x, y = np.round(maps.head.landmarks[landmark, :2]).astype(int)
    return float(field[y, x, 0]), float(field[y, x, 1])


def test_signs(maps: WarpMaps, make_curves: MakeCurves) -> None:
    """yaw > 0 nose to the photo's right, pitch > 0 nose down, roll > 0 clockwise, sway right and down."""
    nose, temple, chin, forehead = 4, 127, 152, 10
    assert at(maps, forward_field(maps, make_curves(yaw=6)), nose)[0] > 2
    assert at(maps, forward_field(maps, make_curves(yaw=-6)), nose)[0] < -2
    assert at(maps, forward_field(maps, make_curves(pitch=4)), nose)[1] > 1
    assert at(maps, forward_field(maps, make_curves(pitch=-4)), nose)[1] < -1
    roll = forward_field(maps, make_curves(roll=5))
    assert at(maps, roll, forehead)[0] > at(maps, roll, chin)[0] > 0
    assert at(maps, roll, temple)[1] < 0
    sway = forward_field(maps, make_curves(sway_x=0.03, sway_y=0.02))
    assert at(maps, sway, nose) == pytest.approx((0.03 * maps.head.width, 0.02 * maps.head.width), rel=0.1)


def test_a_turn_moves_the_face_and_hardly_its_outline(maps: WarpMaps, make_curves: MakeCurves) -> None:
    field = forward_field(maps, make_curves(yaw=6))
    nose = abs(at(maps, field, 4)[0])
    hair = maps.head.centre - 0.95 * maps.head.height * maps.head.down
    outline = np.abs(field[round(hair[1]), round(hair[0])])
    assert outline.max() < 0.5 * nose


def test_small_values_are_small_motions(maps: WarpMaps, make_curves: MakeCurves) -> None:
    """Twice the value, twice the way."""
    for name in ("yaw", "pitch", "roll", "smile", "sway_x"):
        one, two = (forward_field(maps, make_curves(**{name: value})) for value in (0.01, 0.02))
        np.testing.assert_allclose(two, 2 * one, atol=2e-4 * maps.head.width)


def test_motion_ends_where_the_person_touches_the_photos_edge(maps: WarpMaps, make_curves: MakeCurves) -> None:
    assert maps.alpha[-1].max() > 0.5
    everything = make_curves(**{name: high for name, (_, high) in LIMITS.items()})
    field = forward_field(maps, everything)
    assert np.abs(field[-1, :, 1]).max() == 0
    assert np.abs(field).max() > 5
