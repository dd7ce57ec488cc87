"""A head that is turned, or cut by the picture's borders, turns less; a stern face smiles less."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.motion_limits import limit_smile, limit_turns
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face, FaceFinder, Pose
from pipeline.motion.compose import compose
from pipeline.runtime import Runtime

MOTION = compose(seed=3)


def share(yaw: float = 0.0, pitch: float = 0.0, crowded: float = 0.0) -> float:
    calm = limit_turns(MOTION, Pose(yaw, pitch, 0.0), crowded)
    for name in ("smile", "blink_l", "gaze_x", "breath"):
        np.testing.assert_array_equal(calm.curves[name], MOTION.curves[name])
    parts = [float(np.abs(calm.curves[n]).max() / np.abs(MOTION.curves[n]).max()) for n in ("yaw", "pitch", "roll")]
    assert parts == pytest.approx([parts[0]] * 3, abs=1e-5)
    return parts[0]


def test_a_frontal_portrait_keeps_its_motion() -> None:
    assert share() == pytest.approx(1.0)
    assert share(yaw=-10.0, pitch=9.0) == pytest.approx(1.0)


def test_the_farther_it_is_turned_the_less_it_turns() -> None:
    shares = [share(yaw=yaw) for yaw in (10.0, 20.0, 30.0, 45.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.9)  # a half profile's turn has to be seen
    assert share(pitch=-40.0) == share(pitch=40.0) < 0.8


def test_the_more_the_borders_hold_the_less_it_turns() -> None:
    shares = [share(crowded=crowded) for crowded in (0.0, 0.1, 0.2, 0.4)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.5)


def test_a_face_cut_at_the_cheeks_is_crowded(runtime: Runtime, maps: WarpMaps, close_up: Pixels) -> None:
    assert maps.immobile_share < 0.03
    whole = FaceFinder(runtime).find(close_up)[0]
    left, top, right, bottom = whole.box.astype(int)
    cut = np.ascontiguousarray(close_up[top:bottom, left + 4 : right - 4])
    face = FaceFinder(runtime).find(cut)[0]
    assert build_maps(runtime, cut, face).immobile_share > 0.15


def smile_share(face: Face, corners: float = 0.0, wider: float = 1.0, gestures: tuple[str, ...] = ()) -> float:
    """Share of the smile that is left when the mouth's corners lie higher and the mouth is wider than on the photo."""
    landmarks = face.landmarks.copy()
    right, left = landmarks[61, :2].copy(), landmarks[291, :2].copy()
    width = float(np.linalg.norm(left - right))
    landmarks[[13, 14], :2] = landmarks[[61, 291], :2].mean(0) + np.array([0.0, corners * width])
    landmarks[61, :2] -= 0.5 * (wider - 1.0) * (left - right)
    landmarks[291, :2] += 0.5 * (wider - 1.0) * (left - right)
    motion = compose(gestures=gestures, seed=3)
    calm = limit_smile(motion, landmarks, Pose(0.0, 0.0, 0.0))
    for name in ("yaw", "brow", "blink_l"):
        np.testing.assert_array_equal(calm.curves[name], motion.curves[name])
    return float(calm.curves["smile"].max() / motion.curves["smile"].max())


def narrow(face: Face) -> float:
    """The factor that makes the mouth of the photo, who smiles, half as wide as the eyes are apart."""
    points = face.landmarks[:, :2]
    return 0.5 * float(np.linalg.norm(points[33] - points[263]) / np.linalg.norm(points[61] - points[291]))


def test_an_earnest_face_keeps_its_smile(face: Face) -> None:
    assert smile_share(face, 0.02, narrow(face)) == pytest.approx(1.0)


def test_a_stern_or_weeping_face_smiles_less(face: Face) -> None:
    shares = [smile_share(face, corners, narrow(face)) for corners in (0.0, -0.05, -0.09, -0.15)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.5)


def test_a_smile_that_was_asked_for_is_given(face: Face) -> None:
    assert smile_share(face, -0.15, narrow(face), ("smile", "nod")) == pytest.approx(1.0)
    assert smile_share(face, -0.15, narrow(face), ("smile:0.6",)) == pytest.approx(1.0)
    assert smile_share(face, -0.15, narrow(face), ("nod",)) == pytest.approx(0.5)


def test_a_broad_smile_grows_less(face: Face) -> None:
    shares = [smile_share(face, 0.1, scale * narrow(face)) for scale in (1.0, 1.35, 1.8)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.6)


def test_a_lifted_head_is_not_taken_for_a_stern_one(face: Face) -> None:
    """Seen from below, the mouth's corners lie lower on the picture."""
    motion = compose(seed=3)
    landmarks = face.landmarks.copy()
    landmarks[[13, 14], 1] = landmarks[[61, 291], 1].mean() - 0.1 * float(
        np.linalg.norm(landmarks[61, :2] - landmarks[291, :2])
    )
    level, lifted = (limit_smile(motion, landmarks, Pose(0.0, pitch, 0.0)).curves["smile"].max() for pitch in (0, -20))
    assert lifted > 1.5 * level


def test_a_risk_calms_turns_and_no_expressions() -> None:
    calm = limit_turns(MOTION, Pose(0.0, 0.0, 0.0), 0.0, 1.0)
    np.testing.assert_allclose(calm.curves["yaw"], 0.5 * MOTION.curves["yaw"])
    np.testing.assert_array_equal(calm.curves["smile"], MOTION.curves["smile"])
    both = limit_turns(MOTION, Pose(0.0, 0.0, 0.0), 1.0, 1.0)  # borders and risk don't add up to a still head
    np.testing.assert_allclose(both.curves["yaw"], calm.curves["yaw"])
