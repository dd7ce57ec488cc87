"""A Motion checks itself, so that no later code has to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import MotionError
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion

Curves = dict[str, NDArray[np.float32]]


@pytest.fixture
def curves() -> Curves:
    return {name: np.zeros(50, np.float32) for name in CHANNELS}


def test_a_motion_knows_its_length(curves: Curves) -> None:
    motion = Motion("still", 25, curves)
    assert len(motion) == 50
    assert motion.seconds == 2.0


def test_a_motion_does_not_change(curves: Curves) -> None:
    motion = Motion("still", 25, curves)
    curves["yaw"][10] = 5
    assert motion.curves["yaw"][10] == 0
    with pytest.raises(ValueError, match="read-only"):
        motion.curves["yaw"][10] = 5
    with pytest.raises(TypeError):
        motion.curves["yaw"] = curves["yaw"]  # type: ignore[index]


def test_a_float64_curve_becomes_float32(curves: Curves) -> None:
    wide: dict[str, NDArray[np.float64]] = {name: curve.astype(np.float64) for name, curve in curves.items()}
    motion = Motion("still", 30, wide)  # type: ignore[arg-type]
    assert {curve.dtype for curve in motion.curves.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("value", [np.nan, np.inf, 90.0])
def test_a_curve_is_finite_and_inside_its_limits(curves: Curves, value: float) -> None:
    curves["yaw"][3] = value
    with pytest.raises(MotionError, match="yaw"):
        Motion("wild", 25, curves)


def test_frame_0_is_the_photo(curves: Curves) -> None:
    curves["smile"][0] = 0.01
    with pytest.raises(MotionError, match="photo itself"):
        Motion("late", 25, curves)


def test_channels_lengths_and_rates_are_checked(curves: Curves) -> None:
    with pytest.raises(MotionError, match="fps"):
        Motion("slow", 12, curves)
    with pytest.raises(MotionError, match="channels"):
        Motion("blind", 25, {name: curve for name, curve in curves.items() if name != "gaze_x"})
    with pytest.raises(MotionError, match="channels"):
        Motion("winged", 25, curves | {"wings": curves["yaw"]})
    with pytest.raises(MotionError, match="same length"):
        Motion("ragged", 25, curves | {"yaw": np.zeros(49, np.float32)})
    with pytest.raises(MotionError, match="one frame"):
        Motion("none", 25, {name: np.zeros(0, np.float32) for name in CHANNELS})
    with pytest.raises(MotionError, match="dimensions"):
        Motion("square", 25, curves | {"yaw": np.zeros((50, 2), np.float32)})
