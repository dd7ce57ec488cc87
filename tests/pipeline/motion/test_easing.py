"""The shapes that motions are made of: periodic, and with the timing of a face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.motion.easing import Clock, blink, breath, ease, fixations, noise, pulse, spline

clocks = st.builds(Clock, st.integers(50, 180), st.sampled_from((25, 30)))
FINE = Clock(4000, 1000)  # a millisecond a frame


@settings(deadline=None)
@given(clocks, st.integers(0, 179))
def test_shapes_are_periodic(clock: Clock, shift: int) -> None:
    """Begun `shift` frames later, a shape is the same shape, turned round the loop."""
    later = shift / clock.fps
    keys = [(0.1, 0.0), (0.5, 1.0), (1.3, -2.0), (1.7, -1.0)]
    moved = sorted(((at + later) % clock.seconds, value) for at, value in keys)
    assert np.allclose(spline(clock, moved), np.roll(spline(clock, keys), shift), atol=1e-6)
    assert np.allclose(blink(clock, 0.3 + later), np.roll(blink(clock, 0.3), shift), atol=1e-6)
    assert np.allclose(
        pulse(clock, 0.3 + later, 0.2, 0.1, 0.4), np.roll(pulse(clock, 0.3, 0.2, 0.1, 0.4), shift), atol=1e-6
    )


def test_a_blink_closes_fast_holds_not_and_opens_ever_more_slowly() -> None:
    lid = blink(FINE, 1.0)
    shut, moving = np.flatnonzero(lid > 0.999), np.flatnonzero(lid > 0)
    assert shut[0] == pytest.approx(1000 + 90, abs=10) and shut[-1] - shut[0] <= 20
    assert moving[-1] == pytest.approx(1000 + 90 + 220, abs=15)
    assert lid[999] == lid[1311] == 0
    half, nearly = (int(np.flatnonzero(lid > height)[-1]) - 1090 for height in (0.5, 0.1))
    assert 35 < half < 55 and nearly > 1.8 * half  # of the way up the last part takes the longest
    held = blink(FINE, 1.0, hold=0.2)
    assert np.ptp(np.flatnonzero(held > 0.999)) == pytest.approx(200, abs=15)


@pytest.mark.parametrize("fps", [25, 30])
@given(start=st.floats(0.0, 3.0))
def test_a_blink_has_one_frame_with_the_eye_shut_and_two_half_shut(fps: int, start: float) -> None:
    lid = blink(Clock(4 * fps, fps), start)
    assert lid.max() > 0.999 and (lid > 0.95).sum() == 1
    assert ((lid > 0.32) & (lid < 0.8)).sum() == 2  # one half-shut frame on its way down, one on its way up


def test_a_spline_meets_its_keys_and_does_not_overshoot() -> None:
    keys = [(0.0, 0.0), (1.0, 5.0), (2.0, 5.0), (3.0, -4.0)]
    curve = spline(FINE, keys)
    for at, value in keys:
        assert curve[round(at * 1000)] == pytest.approx(value, abs=0.25)
    assert -4.25 < curve.min() < curve.max() < 5.25


@pytest.mark.parametrize(
    "keys", [[(0.0, 0.0)], [(0.0, 0.0), (0.0, 1.0)], [(0.0, 0.0), (4.0, 1.0)], [(1.0, 0.0), (0.5, 1.0)]]
)
def test_a_spline_refuses_keys_out_of_order(keys: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        spline(FINE, keys)


def test_eyes_jump_and_rest() -> None:
    curve = fixations(FINE, [(0.5, 1.0), (2.0, -1.0), (3.0, 0.0)])
    assert curve[0] == curve[499] == curve[3999] == 0
    assert np.all(curve[575:2000] == 1.0)
    assert np.all(curve[2075:3000] == -1.0)


@given(clocks, st.integers(0, 1000))
def test_noise_leaves_the_seam_alone(clock: Clock, seed: int) -> None:
    curve = noise(clock, np.random.default_rng(seed))
    assert abs(curve[0]) < 1e-9
    assert np.abs(curve).max() == pytest.approx(1.0)
    assert abs(curve[1]) + abs(curve[-1]) < 0.15


@given(clocks)
def test_breath_is_calm(clock: Clock) -> None:
    curve = breath(clock)
    assert curve[0] == 0
    assert 0 <= curve.min() <= curve.max() <= 1
    assert np.abs(np.diff(curve)).max() * clock.fps < 1.4


def test_ease_is_clipped() -> None:
    assert ease(np.array([-1.0, 0.0, 0.5, 1.0, 2.0])) == pytest.approx([0, 0, 0.5, 1, 1])
