"""Errors of the service that the command line tells."""

from __future__ import annotations


class WrongSettings(ValueError):  # noqa: N818  (settings that are wrong, not an error of ours)
    """A setting that can't be used; the message is one line, with its name and what is allowed."""
