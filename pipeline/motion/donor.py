"""Donor motions: what a tracker read from a film of one person, made into a loop for any other face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from pipeline.arrays import Double
from pipeline.errors import MotionError
from pipeline.image_ops import smoothstep
from pipeline.limits import MAX_SECONDS, MIN_SECONDS
from pipeline.motion.channels import CHANNELS, LIMITS, CurveValues
from pipeline.motion.curves import Motion

FPS: Final = 25
"""Frames a second of a loop."""
_TAIL: Final = 0.5  # seconds in which the end of a loop returns to its beginning
_BLINKS: Final = frozenset({"blink_r", "blink_l", "gaze_x", "gaze_y"})  # quick: smoothed less
_SMOOTH, _SMOOTH_QUICK = 0.06, 0.025  # seconds, σ
_EARLY: Final = 0.25  # cost of a second that a loop is shorter than it could be
_RANGES: Final = np.array([high - low for low, high in LIMITS.values()])


def make_loop(
    name: str, values: Sequence[CurveValues], fps: float, *, seconds: float = MAX_SECONDS, whole: bool = False
) -> Motion:
    """Make a loop of a film's curves: smoothed, cut where it closes best, relative to its first frame, in the limits.

    Args:
        name: The motion's name.
        values: Of each frame the curves' values, relative to the film's neutral face.
        fps: Frames a second of the film.
        seconds: Length of the longest loop.
        whole: Whether the film begins at rest and is one piece, so that it is cut nowhere but at `seconds`.

    Raises:
        MotionError: The film is shorter than MIN_SECONDS.
    """
    track = smooth(resample(values, fps))
    if len(track) < MIN_SECONDS * FPS:
        raise MotionError(f"a film of {len(track) / FPS:.1f} s is too short: a loop lasts {MIN_SECONDS:g} s or more")
    longest = round(seconds * FPS)
    first, end = (0, longest) if whole else _find_cut(track, longest)
    loop = close_loop(track[first:end] - track[first], FPS)
    curves = {channel: np.clip(loop[:, at], *LIMITS[channel]) for at, channel in enumerate(CHANNELS)}
    return Motion(name, FPS, {channel: curve.astype(np.float32) for channel, curve in curves.items()})


def resample(values: Sequence[Mapping[str, float]], fps: float) -> Double:
    """The curves as float64 (n, channels of CHANNELS) at FPS frames a second."""
    table = np.array([[one[channel] for channel in CHANNELS] for one in values], np.float64)
    places = np.arange(int((len(table) - 1) * FPS / fps) + 1) * (fps / FPS)
    return np.stack([np.interp(places, np.arange(len(table)), column) for column in table.T], 1)


def smooth(track: Double) -> Double:
    """The curves (n, channels) without a tracker's tremble; lids and eyes keep their quickness."""
    return np.stack(
        [
            _blur(column, FPS * (_SMOOTH_QUICK if name in _BLINKS else _SMOOTH))
            for name, column in zip(CHANNELS, track.T, strict=True)
        ],
        1,
    )


def close_loop(track: Double, fps: int) -> Double:
    """The curves (n, channels) so that after the last frame comes the first one: the last half second leads there."""
    count = len(track)
    tail = min(count // 2, max(2, round(_TAIL * fps)))
    share = np.zeros(count)
    share[count - tail :] = smoothstep(np.arange(1, tail + 1) / (tail + 1), 0.0, 1.0)
    return np.asarray(track + share[:, None] * (track[0] - track), np.float64)


def _find_cut(track: Double, longest: int) -> tuple[int, int]:
    """First and end of the part that begins near the neutral face and ends near its own beginning."""
    scaled = track / _RANGES
    speed = np.gradient(scaled, axis=0) * 4.0
    state = np.concatenate([scaled, speed], 1)
    shortest = round(MIN_SECONDS * FPS)
    longest = min(longest, len(track))
    best, found = np.inf, (0, longest)
    for first in range(0, len(track) - shortest + 1, 2):
        ends = np.arange(first + shortest, min(first + longest, len(track)) + 1)
        apart = np.abs(state[ends - 1] - state[first]).sum(1)
        costs = apart + np.abs(scaled[first]).sum() + _EARLY * (longest - (ends - first)) / FPS
        if costs.min() < best:
            best, found = float(costs.min()), (first, int(ends[costs.argmin()]))
    return found


def _blur(column: Double, sigma: float) -> Double:
    reach = max(1, round(3.0 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.convolve(np.pad(column, reach, mode="edge"), weights / weights.sum(), mode="valid")
