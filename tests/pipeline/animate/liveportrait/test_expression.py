"""Smile, brows and gaze move the keypoints that real faces move, as far as the trained net says."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.liveportrait.expression import expression_offsets
from pipeline.limits import MAX_SECONDS
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.compose import compose
from pipeline.motion.curves import Motion
from pipeline.motion.gestures import GESTURES
from pipeline.motion.presets import PRESETS
from tests.pipeline.animate.liveportrait.conftest import motion_of

MEASURED: list[tuple[str, float, dict[str, float]]] = [  # curve, its value, coordinate → thousandths
    ("gaze_x", -0.1, {"11x": -2.7, "15x": -5.8}),
    ("gaze_x", 0.1, {"11x": 2.7, "15x": 5.8}),
    ("brow", 1.0, {"1y": 2.3, "2y": -11.0, "16y": 2.0, "2x": 2.0}),
    ("brow", -0.5, {"1x": 3.0, "2x": -2.4, "2y": 7.6}),
    ("smile", 1.0, {"19y": -16.0, "7x": 8.0, "14y": -9.0, "20y": -6.4, "7y": -6.0, "3x": -3.0}),
]
EXTREMES = {"11x": 5.7, "15x": 8.6, "1y": 9.2, "2y": 22.8, "14y": 25.2, "20y": 31.3}  # thousandths, of 1,151 frames


def offsets_at(curve: str, value: float) -> np.ndarray:
    """Offsets (21, 3) where one curve has one value."""
    values = {name: np.array([0, value if name == curve else 0], np.float32) for name in CHANNELS}
    return expression_offsets(Motion("one", 25, values))[1]


def coordinate(offsets: np.ndarray, name: str) -> np.ndarray:
    """One coordinate, such as `11x`, of offsets (…, 21, 3), in thousandths."""
    return 1000.0 * offsets[..., int(name[:-1]), "xyz".index(name[-1])]


def test_expressions_move_their_own_points() -> None:
    def changed(**curves: float) -> set[int]:
        offsets = expression_offsets(motion_of(9, **curves))
        return set(np.flatnonzero(np.abs(offsets[4]).max(axis=1)).tolist())

    assert changed(smile=1.0) == {3, 7, 13, 14, 16, 19, 20}
    assert changed(brow=1.0) == {1, 2, 16}
    assert changed(brow=-0.5) == {1, 2}
    assert changed(gaze_x=0.1) == changed(gaze_x=-0.1) == {11, 15}
    assert changed(gaze_y=0.08) == {11, 13, 15, 16}
    assert changed(pucker=1.0) == {3, 7, 14, 17}
    assert changed(jaw=1.0) == {17, 19}
    assert changed(squint=1.0) == {13, 16}
    assert changed(frown=1.0) == changed(brow=-0.5)
    assert changed(inner_brow=1.0) == changed(brow=1.0)
    assert changed(breath=1.0, yaw=5.0, blink_r=1.0) == set()


@pytest.mark.parametrize(("curve", "value", "measured"), MEASURED)
def test_offsets_have_the_signs_and_sizes_of_real_faces(curve: str, value: float, measured: dict[str, float]) -> None:
    offsets = offsets_at(curve, value)
    for name, thousandths in measured.items():
        assert 0.5 <= coordinate(offsets, name) / thousandths <= 2.0, name


def test_only_coordinates_that_the_net_uses_are_moved() -> None:
    moved = sum(np.abs(offsets_at(name, limit)) for name in CHANNELS for limit in LIMITS[name])
    assert not np.asarray(moved)[[6, 8, 9, 12, 18]].any()
    assert not np.delete(np.asarray(moved)[:, 2], [10, 17, 19, 20]).any()


@pytest.mark.parametrize("story", [*PRESETS, *GESTURES])
def test_no_story_goes_beyond_what_real_faces_do(story: str) -> None:
    gestures = () if story in PRESETS else (story,)
    for seed in range(10):
        motion = compose(story if story in PRESETS else "idle", gestures, seconds=MAX_SECONDS, seed=seed)
        offsets = expression_offsets(motion)
        for name, extreme in EXTREMES.items():
            assert np.abs(coordinate(offsets, name)).max() <= extreme, name
