"""Easing: periodic shapes of movement, functions of a loop's clock, sampled on its frames.

Every shape takes a `Clock` and returns float64 (n,), periodic with the loop. numpy alone: scipy takes half a
second to import, and a clip should start sooner than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.arrays import Double

Curve = Double
"""float64 (n,): a value for each frame of a loop."""
Key = tuple[float, float]
"""(seconds from the loop's start, value)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time of one loop."""

    frames: int
    """Number of frames, ≥ 1."""
    fps: int
    """Frames a second."""

    @property
    def seconds(self) -> float:
        """Length of the loop."""
        return self.frames / self.fps

    @property
    def times(self) -> Curve:
        """Seconds of each frame, 0 … seconds (exclusive)."""
        return np.arange(self.frames) / self.fps

    def since(self, start: float) -> Curve:
        """Seconds that have passed since `start`, wrapped into 0 … seconds (exclusive)."""
        return np.mod(self.times - start, self.seconds)


def ease(share: Curve) -> Curve:
    """Minimum jerk: 0..1 → 0..1, at rest at both ends; what is outside is clipped."""
    x = np.clip(share, 0.0, 1.0)
    return x**3 * (10.0 + x * (6.0 * x - 15.0))


def pulse(clock: Clock, start: float, rise: float, hold: float, fall: float) -> Curve:
    """A rise from 0 to 1 and back from `start` on: `rise` s up, `hold` s held, `fall` s down; exactly 0 outside."""
    since = clock.since(start)
    return np.where(
        since < rise + hold,
        ease(since / rise),
        1.0 - ease((since - rise - hold) / fall),
    )


def swing(clock: Clock, start: float, period: float, cycles: int) -> Curve:
    """A swing to and fro, -1..1, from `start` on: `cycles` times `period` s, first to the positive side. It grows
    quickly and dies away slowly; exactly 0 outside."""
    since = clock.since(start)
    whole = cycles * period
    envelope = ease(since / (0.4 * period)) * ease((whole - since) / (0.7 * period))
    return envelope * np.sin(2.0 * np.pi * since / period)


def blink(clock: Clock, start: float, close: float = 0.09, hold: float = 0.0, opening: float = 0.22) -> Curve:
    """One blink, 0..1, from about `start` (seconds): a lid falls fast, rises fast at first, and then ever more slowly.

    Filmed people take 67–100 ms to close and do not hold; they open within 150–200 ms, the end of it slowly. A still
    frame of a half-shut eye looks drowsy, so at 25 frames a second a blink has one on its way down, one on its way up.
    The moment at which the eye is shut is moved to the nearest frame, so that one frame shows it quite shut.
    """
    shut = round((start + close) * clock.fps) / clock.fps
    since = clock.since(shut - close)
    rising = np.clip((since - close - hold) / opening, 0.0, 1.0) ** 0.42
    return np.where(since < close + hold, ease(since / close), 1.0 - ease(rising))


def spline(clock: Clock, keys: Sequence[Key], cutoff: float = 2.0) -> Curve:
    """A smooth periodic curve through `keys` (times ascending, inside one loop).

    Monotone between keys (periodic PCHIP: nothing overshoots), then a low-pass of `cutoff` Hz rounds the
    corners of its acceleration, so that the keys are met closely, not exactly.
    """
    period = clock.seconds
    at = np.array([time for time, _ in keys])
    value = np.array([height for _, height in keys])
    gaps = np.diff(np.append(at, at[0] + period))
    if len(keys) < 2 or np.any(gaps <= 0) or at[-1] - at[0] >= period:
        raise ValueError("a periodic spline needs two keys or more, times ascending inside one loop")
    secants = (np.roll(value, -1) - value) / gaps
    slopes = _monotone_slopes(secants, gaps)
    since = np.mod(clock.times - at[0], period) + at[0]
    part = np.searchsorted(at, since, side="right") - 1
    after = (part + 1) % len(keys)
    gap = gaps[part]
    x = (since - at[part]) / gap
    curve = (
        (1 + 2 * x) * (1 - x) ** 2 * value[part]
        + x * (1 - x) ** 2 * gap * slopes[part]
        + x**2 * (3 - 2 * x) * value[after]
        - x**2 * (1 - x) * gap * slopes[after]
    )
    return low_pass(clock, curve, cutoff)


def _monotone_slopes(secants: Curve, gaps: Curve) -> Curve:
    """Fritsch–Butland slopes at the keys: a weighted harmonic mean, 0 where the curve turns."""
    before, gap_before = np.roll(secants, 1), np.roll(gaps, 1)
    same_way = before * secants > 0
    w_before, w_after = 2 * gaps + gap_before, gaps + 2 * gap_before
    safe_before, safe_after = np.where(same_way, before, 1.0), np.where(same_way, secants, 1.0)
    mean = (w_before + w_after) / (w_before / safe_before + w_after / safe_after)
    return np.where(same_way, mean, 0.0)


def low_pass(clock: Clock, curve: Curve, cutoff: float) -> Curve:
    """The periodic curve without anything faster than about `cutoff` Hz."""
    frequencies = np.fft.rfftfreq(clock.frames, 1.0 / clock.fps)
    spectrum = np.fft.rfft(curve) * np.exp(-((frequencies / cutoff) ** 4))
    return np.fft.irfft(spectrum, clock.frames)


def fixations(clock: Clock, keys: Sequence[Key], rise: float = 0.07) -> Curve:
    """A gaze that rests: from each key's time on its value, reached in one saccade of `rise` seconds."""
    period = clock.seconds
    curve = np.full(clock.frames, keys[-1][1])
    before = keys[-1][1]
    for index, (at, value) in enumerate(keys):
        end = keys[index + 1][0] if index + 1 < len(keys) else keys[0][0] + period
        since = clock.since(at)
        curve = np.where(since < end - at, before + (value - before) * ease(since / rise), curve)
        before = value
    return curve


def noise(clock: Clock, rng: np.random.Generator, highest: float = 1.4) -> Curve:
    """Smooth noise, -1..1, of the loop's harmonics 1–5 up to `highest` Hz.

    Value and velocity are 0 at frame 0: nothing of it shows at the seam, so the keys alone decide how the loop passes
    through the photo.
    """
    top = max(1, min(5, int(highest * clock.seconds)))
    angle = 2.0 * np.pi * clock.times / clock.seconds
    curve = np.zeros(clock.frames)
    value = velocity = 0.0
    for harmonic in range(1, top + 1):
        sine, cosine = rng.standard_normal(2) / harmonic**0.8
        curve += sine * np.sin(harmonic * angle) + cosine * np.cos(harmonic * angle)
        value += cosine
        velocity += harmonic * sine
    curve -= value + velocity * np.sin(angle)
    return curve / max(float(np.abs(curve).max()), 1e-9)


def breath(clock: Clock) -> Curve:
    """Breathing, 0..1: about one breath in four seconds, in faster than out; 0 (and at rest) at frame 0.

    A loop too short for a whole calm breath takes a shallower one.
    """
    cycles = max(1, round(clock.seconds / 4.2))
    length = clock.seconds / cycles
    phase = np.mod(clock.times, length) / length
    rising, falling = ease(phase / 0.42), ease((1.0 - phase) / 0.58)
    return np.where(phase < 0.42, rising, falling) * min(1.0, length / 3.5)
