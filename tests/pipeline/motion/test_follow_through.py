"""Hair and ear-rings come after the head, in a loop without a seam, and rest with it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.motion.channels import CHANNELS, FOLLOWER_LIMITS, FOLLOWERS
from pipeline.motion.curves import Motion
from pipeline.motion.follow_through import follow_through

FPS, COUNT = 25, 100


def follow(**curves: Float) -> dict[str, Float]:
    still = np.zeros(COUNT, np.float32)
    motion = Motion("test", FPS, {name: np.float32(curves.get(name, still)) for name in CHANNELS})
    return dict(follow_through(motion))


def turn(width: float) -> Float:
    """To one side and back in the loop's middle, `width` frames wide."""
    wave = np.exp(-(((np.arange(COUNT) - COUNT / 2) / width) ** 2))
    return np.float32(wave - wave[0])


def test_nothing_follows_a_head_at_rest() -> None:
    followers = follow(smile=turn(12.0), blink_r=np.maximum(turn(3.0), 0.0))
    assert tuple(followers) == FOLLOWERS
    assert not any(curve.any() for curve in followers.values())


def test_hair_comes_after_the_turn() -> None:
    hang = follow(yaw=10.0 * turn(12.0))["hang"]
    assert 2 <= int(hang.argmax()) - COUNT // 2 <= 6  # 80 to 240 ms
    assert 0.02 < hang.max() <= FOLLOWER_LIMITS["hang"]


def test_the_crown_stays_behind_and_catches_up() -> None:
    crown = follow(roll=5.0 * turn(12.0))["crown_x"]
    middle = COUNT // 2
    assert crown[middle - 10 : middle].max() < 0.0 < crown[middle + 5 : middle + 15].min()
    nod = follow(pitch=6.0 * turn(8.0))
    assert np.abs(nod["crown_y"]).max() > 0.003
    assert not nod["hang"].any()


def test_an_ear_ring_swings_on_after_the_head_has_stopped() -> None:
    dangle = follow(roll=5.0 * turn(5.0))["dangle"][COUNT // 2 + 15 :]
    assert np.count_nonzero(np.diff(np.sign(np.diff(dangle)))) >= 2


@pytest.mark.parametrize("name", ["yaw", "roll", "sway_x"])
def test_the_loop_has_no_seam_and_keeps_the_limits(name: str) -> None:
    angle = 2 * np.pi * np.arange(COUNT) / COUNT
    height = 0.05 if name == "sway_x" else 7.0
    for follower, curve in follow(**{name: np.float32(height * np.sin(3 * angle) * np.sin(angle))}).items():
        assert curve[0] == 0.0
        assert np.abs(curve).max() <= FOLLOWER_LIMITS[follower]
        steps = np.abs(np.diff(np.append(curve, curve[0])))
        assert steps[-1] <= steps.max(initial=1e-9)
