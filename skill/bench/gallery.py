"""`ozhivi bench gallery`: time, memory and disk of look-ups in a large gallery."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import numpy as np

from filters.embeddings.base import FaceEmbedding
from filters.embeddings.open_pack import OpenAnalyser
from filters.gallery import Gallery
from pipeline.arrays import Float
from skill.bench.processes import own_peak_memory

_AT_ONCE: Final = 2000  # entries added in one transaction
_LOOKUPS: Final = 20


def measure_gallery(entries: int) -> list[tuple[str, str]]:
    """Rows of (figure, its value) for a gallery of so many random unit vectors."""
    rng = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder) / "gallery.db", OpenAnalyser.pack, OpenAnalyser.sizes)
        start = perf_counter()
        for first in range(0, entries, _AT_ONCE):
            gallery.add(f"person {first}", _random_embeddings(rng, min(_AT_ONCE, entries - first)))
        filled = perf_counter() - start
        (asked,) = _random_embeddings(rng, 1)
        before, start = own_peak_memory(), perf_counter()
        gallery.find_nearest(asked)
        first_lookup = perf_counter() - start
        seconds = []
        for _ in range(_LOOKUPS):
            start = perf_counter()
            gallery.find_nearest(asked)
            seconds.append(perf_counter() - start)
        gallery.close()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return [
        ("entries", f"{entries:,}"),
        ("added a second", f"{entries / filled:,.0f}"),
        ("first look-up (reads the vectors)", f"{first_lookup:.2f} s"),
        ("look-up, median", f"{np.median(seconds) * 1e3:.1f} ms"),
        ("look-up, worst", f"{max(seconds) * 1e3:.1f} ms"),
        ("memory for it", f"{own_peak_memory() - before:.0f} MiB"),
        ("on disk", f"{size / 2**20:,.0f} MiB"),
    ]


def _random_embeddings(rng: np.random.Generator, count: int) -> list[FaceEmbedding]:
    rows = [_unit_rows(rng, count, size) for size in OpenAnalyser.sizes]
    return [FaceEmbedding(vectors, clarity=1.0, width=200.0) for vectors in zip(*rows, strict=True)]


def _unit_rows(rng: np.random.Generator, count: int, size: int) -> Float:
    rows = rng.standard_normal((count, size), dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
