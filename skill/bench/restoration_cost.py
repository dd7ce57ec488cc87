"""`ozhivi bench restore`: time and memory of each part of a restoration, on a scan of a megapixel with all damage."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline.arrays import Pixels
from pipeline.errors import PipelineError
from pipeline.faces.finder import FaceFinder
from pipeline.limits import RESTORE_AUTO, RESTORE_ENLARGE, RESTORE_PARTS
from pipeline.photo.load import read_photo
from pipeline.restore.restoration import restore_photo
from pipeline.runtime import Runtime
from skill.bench.processes import peak_memory
from weights.train.damage import add_grain
from weights.train.defect_samples import add_damage

PIXELS: Final = 1_000_000
"""Pixels of the scan."""
_PARTS: Final = tuple(part for part in RESTORE_PARTS if part != RESTORE_ENLARGE)
WISHES: Final = (*_PARTS, ",".join(_PARTS), RESTORE_AUTO)
"""Restorations that are measured; the time of an enlargement depends on the faces, see docs/figures.md."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one restoration of a photo, its models opened before."""

    wish: str
    """The restoration."""
    parts: tuple[str, ...]
    """What was done, of RESTORE_PARTS."""
    seconds: float
    """Seconds that it took."""
    cpu: float
    """Seconds of cores that it took."""
    memory: float
    """MiB that it took besides what the process held before; nan where the system has no /proc."""


def measure_costs(folder: Path, runtime: Runtime, wishes: Sequence[str] = WISHES) -> Iterator[Cost]:
    """Restore a damaged scan of the first photo of a folder that has a face, once for each wish."""
    finder = FaceFinder(runtime)
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        try:
            photo = read_photo(path)
        except PipelineError:
            continue
        if finder.find(photo):
            scan = draw_scan(photo)
            faces = finder.find(scan)
            for wish in wishes:
                restore_photo(scan, wish, faces, runtime)  # opens its models
                held = peak_memory(os.getpid(), reset=True) or float("nan")
                began, cpu = perf_counter(), process_time()
                parts = restore_photo(scan, wish, faces, runtime).parts
                seconds, cores = perf_counter() - began, process_time() - cpu
                yield Cost(wish, parts, seconds, cores, (peak_memory(os.getpid()) or float("nan")) - held)
            return


def draw_scan(photo: Pixels) -> Pixels:
    """A grey, faded, grainy and scratched scan of a photo, uint8 H×W×3, of PIXELS pixels."""
    height, width = photo.shape[:2]
    share = (PIXELS / (height * width)) ** 0.5
    grey = cv2.resize(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), None, fx=share, fy=share)
    rng = np.random.default_rng(0)
    surface, _ = add_damage(np.asarray(grey, np.uint8), rng)
    faded = np.asarray(np.rint(90 + surface.astype(np.float32) * 0.4), np.uint8)
    return add_grain(np.repeat(faded[..., None], 3, axis=2), rng, 6.0, 0.3)


def show_costs(costs: Sequence[Cost]) -> None:
    """Print a row for each restoration."""
    shown = Table("restoration", "done", "seconds", "of cores", "memory", box=None, pad_edge=False)
    for one in costs:
        done = ", ".join(one.parts) or "nothing"
        shown.add_row(one.wish, done, f"{one.seconds:.2f} s", f"{one.cpu:.2f} s", f"{one.memory:.0f} MiB")
    Console(highlight=False, width=160).print(shown)
