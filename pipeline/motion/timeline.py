"""Timeline of a motion: movements are added one by one, and what follows from them at the end."""

from __future__ import annotations

import numpy as np

from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.curves import Motion
from pipeline.motion.easing import Clock, Curve, blink, breath, noise, pulse, swing

# An eyeball of 12 mm radius in an eye 30 mm wide: 1° moves the iris by .007 eye widths; a little less is
# calmer.
_EYE_WIDTHS_PER_DEGREE = 0.0055
_WIDEST_GAZE = 0.1  # eye widths; looked at up to 0.115 on five faces: no more white of the eye than the photo has


class Timeline:
    """Curves of a loop, in the units of CHANNELS, and the target of the eyes.

    Eyes are drawn by what they look at, not by themselves: the gaze is the target's direction less the
    head's, so a saccade that comes before a turn is taken back by the turn, as in life.
    """

    def __init__(self, clock: Clock, rng: np.random.Generator) -> None:
        self.clock = clock
        """Time of the loop."""
        self.rng = rng
        """Source of all variation."""
        self.target_yaw: Curve = np.zeros(clock.frames)
        """Direction in which the eyes' target lies, degrees, > 0 to the photo's right."""
        self.target_pitch: Curve = np.zeros(clock.frames)
        """Direction in which the eyes' target lies, degrees, > 0 down."""
        self._curves: dict[str, Curve] = {name: np.zeros(clock.frames) for name in CHANNELS}

    def vary(self, value: float, spread: float) -> float:
        """`value`, varied evenly by ± `spread` of itself."""
        return value * float(self.rng.uniform(1.0 - spread, 1.0 + spread))

    def pulse(self, start: float, rise: float, hold: float, fall: float) -> Curve:
        """A rise from 0 to 1 and back, see `easing.pulse`; all in seconds."""
        return pulse(self.clock, start, rise, hold, fall)

    def swing(self, start: float, period: float, cycles: int) -> Curve:
        """A swing to and fro, -1..1, see `easing.swing`."""
        return swing(self.clock, start, period, cycles)

    def lid(self, start: float, close: float, hold: float, opening: float) -> Curve:
        """A lid that falls and rises, 0..1, see `easing.blink`; all in seconds."""
        return blink(self.clock, start, close, hold, opening)

    def look(self, yaw: Curve | float, pitch: Curve | float = 0.0) -> None:
        """Move the eyes' target, degrees: > 0 to the photo's right, and down."""
        self.target_yaw = self.target_yaw + yaw
        self.target_pitch = self.target_pitch + pitch

    def add(self, channel: str, curve: Curve) -> None:
        """Add a curve to a channel of CHANNELS."""
        self._curves[channel] = self._curves[channel] + curve

    def blend(self, channel: str, curve: Curve) -> None:
        """Add an expression 0..1 to a channel so that together they stay within 0..1."""
        present = self._curves[channel]
        self._curves[channel] = present + curve * (1.0 - np.clip(present, 0.0, 1.0))

    def close_eye(self, eye: str, lid: Curve) -> None:
        """Close `eye` (blink_r or blink_l) by `lid`, 0..1; the more closed of two movements wins."""
        self._curves[eye] = np.maximum(self._curves[eye], lid)

    def blink(self, start: float, pace: float = 1.0) -> None:
        """Blink with both eyes at `start` seconds, in `pace` times the natural time; no two take quite the same."""
        lid = blink(self.clock, start, close=self.vary(0.09, 0.12) * pace, opening=self.vary(0.22, 0.12) * pace)
        self.close_eye("blink_r", lid)
        self.close_eye("blink_l", lid)

    def tremble(self, amount: float) -> None:
        """Add small movement everywhere, for nobody sits quite still; `amount` 1 is half a degree of yaw."""
        for channel, height in (
            ("yaw", 0.5),
            ("pitch", 0.35),
            ("roll", 0.3),
            ("sway_x", 0.0015),
            ("sway_y", 0.001),
        ):
            self.add(channel, height * amount * noise(self.clock, self.rng))
        self.add("smile", 0.03 * amount * noise(self.clock, self.rng))
        self.add("brow", 0.04 * amount * noise(self.clock, self.rng))

    def finish(self, name: str) -> Motion:
        """Add what follows from the rest, and lay frame 0 onto the photo.

        Args:
            name: The motion's name.
        """
        curves = self._curves
        both = np.minimum(curves["blink_r"], curves["blink_l"])
        self.add("pitch", 0.8 * both)
        self.add("brow", -0.18 * both)
        self.add("breath", breath(self.clock))
        self.add("sway_x", 0.0019 * curves["yaw"])
        self.add("sway_y", 0.0012 * curves["pitch"] - 0.003 * curves["breath"])
        self.add("gaze_x", _gaze(self.target_yaw - curves["yaw"]))
        self.add("gaze_y", 0.5 * _gaze(self.target_pitch - curves["pitch"]) + 0.02 * both)
        finished = {}
        for channel, curve in curves.items():
            lowest, highest = LIMITS[channel]
            finished[channel] = np.clip(curve - curve[0], lowest, highest).astype(np.float32)
        return Motion(name, self.clock.fps, finished)


def _gaze(degrees: Curve) -> Curve:
    """Degrees between the eyes' target and the head → shift of the iris in eye widths, softly limited."""
    return _WIDEST_GAZE * np.tanh(degrees * (_EYE_WIDTHS_PER_DEGREE / _WIDEST_GAZE))
