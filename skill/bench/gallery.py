"""`ozhivi bench gallery`: how long a look-up takes in a large gallery, and what memory it wants."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import numpy as np

from filters.embeddings.base import Likeness
from filters.embeddings.open_pack import OpenAnalyser
from filters.gallery import Gallery
from pipeline.arrays import Float

_AT_ONCE: Final = 2000  # entries added in one transaction
_LOOKS: Final = 20


def bench_gallery(entries: int) -> list[tuple[str, str]]:
    """(what, how much) for a gallery of `entries` random unit vectors."""
    rng = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder) / "gallery.db", OpenAnalyser.pack, OpenAnalyser.sizes)
        start = perf_counter()
        for first in range(0, entries, _AT_ONCE):
            gallery.add(f"person {first}", _people(rng, min(_AT_ONCE, entries - first)))
        filled = perf_counter() - start
        (asked,) = _people(rng, 1)
        before, start = _peak(), perf_counter()
        gallery.nearest(asked)
        opened = perf_counter() - start
        seconds = []
        for _ in range(_LOOKS):
            start = perf_counter()
            gallery.nearest(asked)
            seconds.append(perf_counter() - start)
        gallery.close()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return [
        ("entries", f"{entries:,}"),
        ("added a second", f"{entries / filled:,.0f}"),
        ("first look-up (reads the vectors)", f"{opened:.2f} s"),
        ("look-up, median", f"{np.median(seconds) * 1e3:.1f} ms"),
        ("look-up, worst", f"{max(seconds) * 1e3:.1f} ms"),
        ("memory for it", f"{_peak() - before:.0f} MiB"),
        ("on disk", f"{size / 2**20:,.0f} MiB"),
    ]


def _people(rng: np.random.Generator, count: int) -> list[Likeness]:
    rows = [_unit_rows(rng, count, size) for size in OpenAnalyser.sizes]
    return [Likeness(vectors, legible=1.0, width=200.0) for vectors in zip(*rows, strict=True)]


def _unit_rows(rng: np.random.Generator, count: int, size: int) -> Float:
    rows = rng.standard_normal((count, size), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _peak() -> float:
    """Peak memory of this process in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
