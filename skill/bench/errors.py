"""Errors of the measurements. Each message is one line that says what went wrong, for whoever measures."""

from __future__ import annotations


class BenchError(RuntimeError):
    """A measurement that could not be made."""
