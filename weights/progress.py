"""The progress of a long piece of work on models."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with the step that begins and the share of all that is done, 0..1."""
