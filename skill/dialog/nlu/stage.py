"""Stages of a conversation: what there is, which tells what can be meant."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stage that a conversation is at."""

    NEW = "new"
    """Nothing is there yet."""

    WAIT = "wait"
    """A photo is awaited."""

    RUN = "run"
    """A video is being made."""

    DONE = "done"
    """A video is there."""

    REFUSED = "refused"
    """The photo was refused."""
