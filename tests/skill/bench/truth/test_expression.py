"""The curves that are read from a film are those with which it was made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.motion.channels import CHANNELS, LIMITS
from skill.bench.truth.expression import Expression, measure_expression, read_curves
from skill.bench.truth.footage import Footage

STILL, HALF, SHUT, WINK, SMILE, BROW, TURN, GAZE = 0, 3, 4, 5, 6, 7, 8, 9


def curves(footage: Footage, index: int) -> dict[str, float]:
    return dict(read_curves(footage.expressions[STILL], footage.expressions[index]))


def test_a_still_frame_asks_for_nothing(footage: Footage) -> None:
    found = curves(footage, 1)
    assert set(found) == set(CHANNELS)
    for name, value in found.items():
        assert abs(value) < 0.05 * (LIMITS[name][1] - LIMITS[name][0]), name


def test_a_blink_is_read_from_each_eye(footage: Footage) -> None:
    for name in ("blink_r", "blink_l"):
        assert curves(footage, SHUT)[name] > 0.85
        assert 0.25 < curves(footage, HALF)[name] < 0.75
    assert curves(footage, WINK)["blink_l"] > 0.8
    assert curves(footage, WINK)["blink_r"] < 0.25


def test_smile_brow_turn_and_gaze_are_read(footage: Footage) -> None:
    assert curves(footage, SMILE)["smile"] > 0.25
    assert curves(footage, BROW)["brow"] > 0.25
    assert curves(footage, TURN)["yaw"] == pytest.approx(6.0, abs=2.5)
    assert 0.03 < curves(footage, GAZE)["gaze_x"] < 0.13


def test_brows_that_come_together_are_a_frown_and_not_lowered_brows(footage: Footage) -> None:
    still = footage.expressions[STILL]
    frowning = replace(still, brow_gap=still.brow_gap - 0.024, brow_lift=still.brow_lift - 0.0075)
    found = read_curves(still, frowning)
    assert found["frown"] == pytest.approx(0.5)
    assert found["brow"] == pytest.approx(0.0, abs=0.01)
    assert read_curves(still, replace(still, brow_gap=still.brow_gap + 0.02))["frown"] == 0.0


def test_one_side_alone_is_read(footage: Footage) -> None:
    still = footage.expressions[STILL]
    leaning = replace(still, brow_tilt=still.brow_tilt + 0.02, mouth_tilt=still.mouth_tilt - 0.02)
    found = read_curves(still, leaning)
    assert found["brow_side"] == pytest.approx(0.25)
    assert found["smile_side"] == pytest.approx(-0.31, abs=0.01)


def test_a_shut_eye_does_not_say_where_it_looks(footage: Footage) -> None:
    assert curves(footage, SHUT)["gaze_x"] == curves(footage, SHUT)["gaze_y"] == 0.0


def test_a_turn_of_the_picture_changes_no_measure(footage: Footage) -> None:
    """A face that is larger and elsewhere has the same measures: they are shares of the face."""
    points = footage.faces[STILL].landmarks
    moved = measure_expression((points * 1.7 + 31.0).astype(points.dtype))
    before = footage.expressions[STILL]
    for name in ("mouth_width", "mouth_lift", "brow_lift", "lip_gap", "gaze_x", "gaze_y", "openness"):
        assert getattr(moved, name) == pytest.approx(getattr(before, name), abs=1e-4)


def test_values_stay_inside_the_limits(footage: Footage) -> None:
    before = footage.expressions[STILL]
    grimace = Expression(before.pose, (0.0, 2.0), 9.0, 9.0, -9.0, 9.0, -9.0, 9.0, 0.5, 0.5, 0.5, 1.0, -1.0)
    for name, value in read_curves(before, grimace).items():
        low, high = LIMITS[name]
        assert low <= value <= high
