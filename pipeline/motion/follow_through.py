"""Followers of a head, with a delay: hair that hangs, ear-rings, the crown of hair or a hat's brim.

Each is a damped oscillator that the head's turns and sways drive; its response is exact for a loop, so the seam stays
as smooth as the motion's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from pipeline.arrays import Double, Float
from pipeline.motion.channels import FOLLOWER_LIMITS, FOLLOWERS
from pipeline.motion.curves import Motion

# Hz, and the share of critical damping. Hair follows 0.15 s late, a crown 0.12 s; an ear-ring of 5 cm swings thrice.
_HAIR: Final = (1.1, 0.5)
_CROWN: Final = (1.6, 0.6)
_PENDANT: Final = (2.3, 0.15)
# Levers in face widths: sideways by the sine of yaw and of roll (about the neck), downwards by that of pitch.
_HAIR_LEVERS: Final = (0.20, 0.45)
_CROWN_LEVERS: Final = (0.20, 1.20)
_CROWN_NOD: Final = 0.25
_EAR_LEVERS: Final = (0.15, 1.0)
_PENDANT_LENGTH: Final = 0.2


def follow_through(motion: Motion) -> Mapping[str, Float]:
    """The curves of FOLLOWERS that a motion brings.

    Args:
        motion: A loop, its turns limited to what the photo can show.

    Returns:
        Each name of FOLLOWERS → float32 (n,), face widths, 0 at frame 0, inside FOLLOWER_LIMITS.
    """
    yaw, pitch, roll = (np.sin(np.deg2rad(motion.curves[name].astype(np.float64))) for name in ("yaw", "pitch", "roll"))
    sway_x, sway_y = (motion.curves[name].astype(np.float64) for name in ("sway_x", "sway_y"))

    def sideways(levers: tuple[float, float]) -> Double:
        return levers[0] * yaw + levers[1] * roll + sway_x

    ears = sideways(_EAR_LEVERS)
    crown = np.stack([sideways(_CROWN_LEVERS), _CROWN_NOD * pitch + sway_y])
    curves = (
        _delay(sideways(_HAIR_LEVERS), motion.fps, _HAIR),
        _delay(ears, motion.fps, _PENDANT) - ears + _PENDANT_LENGTH * roll,  # it hangs straight, however the head leans
        *(_delay(crown, motion.fps, _CROWN) - crown),
    )
    return {name: _limit(curve, FOLLOWER_LIMITS[name]) for name, curve in zip(FOLLOWERS, curves, strict=True)}


def _delay(driven_by: Double, fps: int, oscillator: tuple[float, float]) -> Double:
    """The way of an oscillator (Hz, damping by what is around it) whose anchor moves along a loop (…, n)."""
    own, damping = oscillator
    share = np.fft.rfftfreq(driven_by.shape[-1], 1.0 / fps) / own
    response = 1.0 / (1.0 - share**2 + 2j * damping * share)
    return np.fft.irfft(np.fft.rfft(driven_by) * response, driven_by.shape[-1])


def _limit(curve: Double, most: float) -> Float:
    """The curve from frame 0 on, softly limited."""
    return np.asarray(most * np.tanh((curve - curve[0]) / most), np.float32)
