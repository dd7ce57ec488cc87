"""What can go wrong in the neural animator alone; the caller may still use the warp."""

from __future__ import annotations

from pipeline.motion.errors import MotionError


class LivePortraitError(RuntimeError):
    """The nets can't draw this clip on this machine; the message says what was seen."""


class NotAMotionError(MotionError):
    """A file that should hold a recorded motion and doesn't, or that must not be read."""
