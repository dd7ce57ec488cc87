"""Composition of a motion from a preset or from gestures; the entry to this package."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, FRAME_RATES, MAX_SECONDS, MIN_SECONDS
from pipeline.motion.curves import Motion
from pipeline.motion.easing import Clock
from pipeline.motion.gesture_plan import draw_gestures, moves_lids
from pipeline.motion.gesture_wish import parse_gestures
from pipeline.motion.presets import PRESETS, idle
from pipeline.motion.timeline import Timeline


def compose(
    preset: str = "nostalgia",
    gestures: Sequence[str] = (),
    *,
    seconds: float = DEFAULT_SECONDS,
    fps: int = 25,
    seed: int = 0,
) -> Motion:
    """Compose a seamless loop; frame 0 is the photo.

    Args:
        preset: One of PRESETS.
        gestures: As `parse_gesture` reads them; with any of them the preset's story gives way to a quiet `idle`.
        seconds: Length of the loop, MIN_SECONDS..MAX_SECONDS.
        fps: Frames a second, one of FRAME_RATES.
        seed: Varies timing, sides and amplitudes, so that two people in one family don't move in step; ≥ 0.

    Raises:
        MotionError: A name is unknown, a number out of range, or the gestures need more time; it says what is allowed.
    """
    if preset not in PRESETS:
        raise MotionError(f"no motion named {preset!r}; there are {', '.join(PRESETS)}")
    wishes = parse_gestures(gestures)
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise MotionError(f"a loop lasts {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds, not {seconds:g}")
    if fps not in FRAME_RATES:
        raise MotionError(f"fps must be one of {FRAME_RATES}, not {fps}")
    if seed < 0:
        raise MotionError(f"a seed is 0 or more, not {seed}")
    timeline = Timeline(Clock(round(seconds * fps), fps), np.random.default_rng(seed))
    if not wishes:
        PRESETS[preset](timeline)
        return timeline.finish(preset)
    idle(timeline, blinking=not moves_lids(gestures))
    draw_gestures(timeline, gestures)
    return timeline.finish("+".join(map(str, wishes)))
