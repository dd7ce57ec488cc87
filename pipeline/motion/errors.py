"""What a motion may not be."""

from __future__ import annotations


class MotionError(ValueError):
    """A motion that does not exist or does not fit; the message says what is allowed."""
