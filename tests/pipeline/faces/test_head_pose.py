"""The pose of a known turn comes back with its signs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.faces.head_pose import MEAN_FACE, POINTS, fit_head


def head(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, scale: float = 2.0) -> NDArray[np.float32]:
    """The mean face, first nodded, then turned, then leant, as 478 landmarks of a photo."""
    y, p, r = np.radians((yaw, pitch, roll))
    nod = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    look = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    lean = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[list(POINTS)] = scale * MEAN_FACE @ (lean @ look @ nod).T + (300, 200, 10)
    return landmarks


@pytest.mark.parametrize("yaw", [-50.0, 0.0, 35.0])
@pytest.mark.parametrize("pitch", [-25.0, 0.0, 30.0])
@pytest.mark.parametrize("roll", [-80.0, 0.0, 45.0])
def test_a_turn_comes_back(yaw: float, pitch: float, roll: float) -> None:
    fit = fit_head(head(yaw, pitch, roll))
    assert (fit.pose.yaw, fit.pose.pitch, fit.pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.01)
    assert fit.scale == pytest.approx(2)
    assert fit.residual == pytest.approx(0, abs=1e-5)
    assert np.linalg.det(fit.rotation) == pytest.approx(1)


def test_signs_are_those_of_the_photo() -> None:
    nose, brow = 5, 9
    assert np.diff(head(yaw=30)[[brow, nose], 0]) > 0  # the nose goes to the photo's right
    assert head(pitch=30)[nose, 1] > head()[nose, 1]  # and down
    leant = head(roll=30)
    assert leant[263, 1] > leant[33, 1]  # the person's left eye is the lower one


def test_noise_is_the_residual() -> None:
    noisy = head(20, 10, 5) + np.random.default_rng(0).normal(0, 4, (478, 3)).astype(np.float32)
    fit = fit_head(noisy)
    assert fit.residual == pytest.approx(4 * np.sqrt(3) / 200, rel=0.15)
    assert fit.pose.yaw == pytest.approx(20, abs=2)


def test_no_face_has_no_pose() -> None:
    for landmarks in (np.zeros((478, 3), np.float32), np.full((478, 3), np.nan, np.float32)):
        with pytest.raises(ValueError, match="one point"):
            fit_head(landmarks)
