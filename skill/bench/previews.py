"""`ozhivi bench previews`: time, processor time and bytes of the page's previews of one photo."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console
from rich.table import Table

from pipeline.previews import Previews
from pipeline.run import Wish
from skill.demo_portrait import MEASURED_SIZE, astronaut
from skill.local_render import open_photo_renderer
from skill.movements import MOVEMENTS, PREVIEWED
from skill.photo_renderer import PhotoRenderer


@dataclass(frozen=True, slots=True)
class Mark:
    """One step on the way to the previews of a photo."""

    name: str
    """The step: "photo" (decoding, faces, filters), "still" (the picture that is there first), or a movement."""
    wall: float
    """Seconds since the photo came in."""
    cpu: float
    """Seconds of processor time, of all threads, since then."""
    size: int
    """Bytes of what was made; 0 for the photo."""


def measure_previews(photo: Path | None, renderer: PhotoRenderer | None = None) -> list[Mark]:
    """Make the previews of a photo twice, the first time to open the models; the marks of the second time.

    Args:
        photo: The photo; None: the demo portrait of 1280×960.
        renderer: Makes them; by default as the settings say.

    Raises:
        PipelineError: The photo is refused.
        NoPortraitError: The demo portrait is not installed.
    """
    renderer = renderer or open_photo_renderer()
    source = photo.read_bytes() if photo is not None else astronaut(MEASURED_SIZE)
    for _ in _make_previews(renderer, source):
        pass
    return list(_make_previews(renderer, source))


def _make_previews(renderer: PhotoRenderer, source: bytes) -> Iterator[Mark]:
    wall, cpu = perf_counter(), process_time()

    def mark(name: str, made: bytes = b"") -> Mark:
        return Mark(name, perf_counter() - wall, process_time() - cpu, len(made))

    prepared = renderer.prepare(source, Wish(face="largest"))
    yield mark("photo")
    previews = Previews(prepared.photo, renderer.runtime)
    yield mark("still", previews.still())
    for movement in MOVEMENTS[:PREVIEWED]:
        yield mark(movement.value, previews.make(movement.motion, movement.gestures))


def table(marks: list[Mark]) -> list[tuple[str, str, str, str]]:
    """Rows of (step, seconds until it is there, its own processor time, bytes), and one of all."""
    rows = []
    spent = 0.0
    for mark in marks:
        rows.append((mark.name, f"{mark.wall:.2f} s", f"{mark.cpu - spent:.2f} s", f"{mark.size / 1024:.1f} KiB"))
        spent = mark.cpu
    total = sum(mark.size for mark in marks)
    return [*rows, ("all", f"{marks[-1].wall:.2f} s", f"{spent:.2f} s", f"{total / 1024:.1f} KiB")]


def show(marks: list[Mark]) -> None:
    """Print the table."""
    shown = Table("step", "there after", "processor time", "size", box=None, pad_edge=False)
    for row in table(marks):
        shown.add_row(*row)
    console = Console(highlight=False)
    console.print(f"{len(marks) - 2} previews, warm, {os.cpu_count()} CPUs ({platform.machine()})")
    console.print(shown)
