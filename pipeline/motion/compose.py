"""A wish → a motion: the one door of this package."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.errors import MotionError
from pipeline.limits import DEFAULT_SECONDS, FRAME_RATES, MAX_SECONDS, MIN_SECONDS
from pipeline.motion.curves import Motion
from pipeline.motion.easing import Clock
from pipeline.motion.gestures import known, moves_lids, perform
from pipeline.motion.presets import PRESETS, idle
from pipeline.motion.timeline import Sketch


def compose(
    preset: str = "nostalgia",
    gestures: Sequence[str] = (),
    *,
    seconds: float = DEFAULT_SECONDS,
    fps: int = 25,
    seed: int = 0,
) -> Motion:
    """A seamless loop of `seconds` (2–6) at `fps` (25 or 30); frame 0 is the photo.

    With gestures the preset's story gives way to them over a quiet `idle`. The seed (≥ 0) varies timing,
    sides and amplitudes, so that two people in one family don't move in step. Raises MotionError, which says
    what is allowed.
    """
    if preset not in PRESETS:
        raise MotionError(f"no motion named {preset!r}; there are {', '.join(PRESETS)}")
    names = known(gestures)
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise MotionError(f"a loop lasts {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds, not {seconds:g}")
    if fps not in FRAME_RATES:
        raise MotionError(f"fps must be one of {FRAME_RATES}, not {fps}")
    if seed < 0:
        raise MotionError(f"a seed is 0 or more, not {seed}")
    sketch = Sketch(Clock(round(seconds * fps), fps), np.random.default_rng(seed))
    if not names:
        PRESETS[preset](sketch)
        return sketch.finish(preset)
    idle(sketch, blinking=not moves_lids(names))
    perform(sketch, names)
    return sketch.finish("+".join(names))
