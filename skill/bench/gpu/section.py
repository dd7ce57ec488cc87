"""Sections of the report, and how a time is taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report."""

    title: str
    """Its heading."""
    rows: list[dict[str, Value]] = field(default_factory=list)
    """Its rows: column → value; all have the columns of the first."""
    note: str = ""
    """Sentence below it: how it was measured, or why there are no rows."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of a run: whole on a card, reduced where a test or a CPU runs it."""

    sizes: tuple[tuple[int, int], ...]
    """Widths and heights of the photos, in pixels."""
    seconds: float
    """Seconds that one figure may take after its warm-up."""
    batches: tuple[int, ...]
    """Frames at once that are tried."""
    jobs: tuple[int, ...]
    """Clips at once that are tried."""
    clip_seconds: float
    """Length of these clips."""
    full_nets: bool
    """Whether LivePortrait's nets have their official widths."""


WHOLE = Extent(((512, 512), (1024, 1024), (1600, 1200)), 1.5, (1, 4, 8, 16, 32), (1, 2, 4, 8), 4.0, full_nets=True)
REDUCED = Extent(((320, 240),), 0.0, (1, 2), (2,), 2.0, full_nets=False)


def best_ms(run: Callable[[], object], frames: int, seconds: float) -> float:
    """The shortest time of a frame, in ms, of as many runs as fit into so many seconds, at least two.

    Args:
        run: Draws the frames and waits for them; it is called once before, to warm up.
        frames: The number of frames that it draws.
        seconds: The time to go on.
    """
    run()
    best, until, runs = float("inf"), time.perf_counter() + seconds, 0
    while runs < 2 or time.perf_counter() < until:
        began = time.perf_counter()
        run()
        best, runs = min(best, time.perf_counter() - began), runs + 1
    return 1000 * best / frames
