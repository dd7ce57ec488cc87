"""`ozhivi bench truth`: the table of all figures, and the sheet of the frames that are least like the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.arrays import Pixels
from pipeline.output.contact_sheet import save_sheet
from skill.bench.truth.comparison import Comparison, compare_footage
from skill.bench.truth.footage import find_videos, read_footage
from skill.bench.truth.lid import PLACES, ShutLid
from skill.bench.truth.parts import PARTS
from skill.local_render import open_runtime

LARGE: Final = 0.5
"""A change from which on it counts as large, 1 = a full one."""
FROWN: Final = 0.3
"""A frown from which on shut eyes are screwed up, which is no blink: the brows come down on the lids."""
WORST: Final = 20
"""Frames of a sheet."""

_TILE: Final = 480  # pixels of a picture's width on the sheet
_CROPS: Final = {"lids": (0.2, 0.56), "mouth": (0.55, 1.0), "brows": (0.05, 0.5), "face": (0.0, 1.0)}  # of its height

Row: TypeAlias = tuple[str, str, str]
_Pairs: TypeAlias = Callable[[Comparison], Iterator[tuple[float, float]]]  # (ours, real) of one frame


def measure_truth(folder: Path, *, every: int = 1) -> list[Comparison]:
    """Compare the warp with every video of a folder.

    Args:
        folder: Holds videos of one face each.
        every: Only every n-th frame is compared.

    Raises:
        BenchError: There is no video, or one can't be used.
    """
    runtime = open_runtime()
    videos = track(find_videos(folder), "Comparing", console=Console(stderr=True), transient=True)
    return [one for path in videos for one in compare_footage(read_footage(path, runtime), runtime, every)]


def table(comparisons: Sequence[Comparison]) -> list[Row]:
    """Rows of (figure, ours, real).

    An error is the mean of its frames. In all else every video counts the same, however many of its frames were
    compared: people differ more than the frames of one of them.
    """
    rows = []
    for part in PARTS:
        errors = [one.errors[part] for one in comparisons if one.sizes[part] >= LARGE]
        label = f"error in {part}, large changes (0–255), n {len(errors)}"
        rows.append((label, f"{np.mean(errors):.1f}" if errors else "–", "0"))
    blinks = [one.errors["lids"] for one in comparisons if one.sizes["lids"] >= LARGE and one.curves["frown"] < FROWN]
    label = f"error in lids, large changes without a frown (0–255), n {len(blinks)}"
    rows.insert(1, (label, f"{np.mean(blinks):.1f}" if blinks else "–", "0"))
    for index, place in enumerate(PLACES):
        label = f"lash line, {place:.3f} of the way to the nose (eye widths)"
        rows.append(_row(label, comparisons, _of_lids(lambda lid, i=index: float(lid.line[i]))))  # type: ignore[misc]
    rows.append(_row("darkness of the lash line (0–255)", comparisons, _of_lids(lambda lid: lid.darkness), 1))
    rows.append(_row("L* of a shut lid", comparisons, _of_lids(lambda lid: lid.light), 1))
    rows.append(_row("deviation of L* on it", comparisons, _of_lids(lambda lid: lid.texture), 1))
    rows.append(_row("closure of a shut eye", comparisons, _closures))
    rows.append(_row("mouth wider by, large smiles (of its width)", comparisons, _widths))
    rows.append(_row("corners of the mouth higher by (eye distances)", comparisons, _lifts))
    rows.append(_row("brows higher by, large lifts (eye distances)", comparisons, _brows))
    return rows


def show(comparisons: Sequence[Comparison]) -> None:
    """Print the table."""
    shown = Table("figure", "ours", "real", box=None, pad_edge=False)
    for row in table(comparisons):
        shown.add_row(*row)
    console = Console(highlight=False)
    console.print(_title(comparisons))
    console.print(shown)


def format_markdown(comparisons: Sequence[Comparison]) -> str:
    """The table in markdown."""
    lines = [f"{_title(comparisons)}:", "", "| figure | ours | real |", "| --- | --- | --- |"]
    lines += [f"| {figure} | {ours} | {real} |" for figure, ours, real in table(comparisons)]
    return "\n".join(lines) + "\n"


def save_worst(comparisons: Sequence[Comparison], out: Path, part: str) -> None:
    """Write the frames of the largest error in a part: in each row the photo, our frame and the real one, as PNG.

    Args:
        comparisons: At least one.
        out: The file.
        part: One of PARTS.
    """
    worst = sorted(comparisons, key=lambda one: -one.errors[part])[:WORST]
    save_sheet(np.concatenate([_tiles(one, part) for one in worst]), out)


def _tiles(comparison: Comparison, part: str) -> Pixels:
    """One row of the sheet, uint8 (h, 3 · _TILE, 3)."""
    top, bottom = _CROPS[part]
    height, width = comparison.pictures[0].shape[:2]
    size = (_TILE, round(_TILE * (bottom - top) * height / width))
    parts = [picture[round(top * height) : round(bottom * height)] for picture in comparison.pictures]
    row = np.concatenate([cv2.resize(one, size, interpolation=cv2.INTER_CUBIC) for one in parts], axis=1)
    label = f"{comparison.footage} {comparison.frame}: {comparison.errors[part]:.1f}"
    cv2.putText(row, label, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(row, np.uint8)


def _row(label: str, comparisons: Sequence[Comparison], read: _Pairs, digits: int = 2) -> Row:
    """A row of the means over the videos' means; dashes where no frame has the figure."""
    videos: dict[str, list[tuple[float, float]]] = {}
    for one in comparisons:
        for pair in read(one):
            videos.setdefault(one.footage, []).append(pair)
    if not videos:
        return label, "–", "–"
    ours, real = np.mean([np.mean(pairs, axis=0) for pairs in videos.values()], axis=0)
    frames = sum(len(pairs) for pairs in videos.values())
    return f"{label}, n {frames}", f"{ours:.{digits}f}", f"{real:.{digits}f}"


def _of_lids(read: Callable[[ShutLid], float]) -> _Pairs:
    """A figure of our and the real lid of each shut eye."""

    def pairs(one: Comparison) -> Iterator[tuple[float, float]]:
        for eye in one.eyes:
            if eye.ours is not None and eye.real is not None:
                yield read(eye.ours), read(eye.real)

    return pairs


def _closures(one: Comparison) -> Iterator[tuple[float, float]]:
    """By how much the tracker reads a shut eye as narrower than the photo's."""
    for index, eye in enumerate(one.eyes):
        if eye.ours is not None:
            shares = [now.openness[index] / max(one.neutral.openness[index], 1e-6) for now in (one.ours, one.real)]
            yield 1.0 - shares[0], 1.0 - shares[1]


def _widths(one: Comparison) -> Iterator[tuple[float, float]]:
    if one.curves["smile"] >= LARGE:
        before = one.neutral.mouth_width
        yield one.ours.mouth_width / before - 1.0, one.real.mouth_width / before - 1.0


def _lifts(one: Comparison) -> Iterator[tuple[float, float]]:
    if one.curves["smile"] >= LARGE:
        yield one.ours.mouth_lift - one.neutral.mouth_lift, one.real.mouth_lift - one.neutral.mouth_lift


def _brows(one: Comparison) -> Iterator[tuple[float, float]]:
    if one.curves["brow"] >= LARGE:
        yield one.ours.brow_lift - one.neutral.brow_lift, one.real.brow_lift - one.neutral.brow_lift


def _title(comparisons: Sequence[Comparison]) -> str:
    videos = len({one.footage for one in comparisons})
    return f"{len(comparisons)} frames of {videos} videos beside what the warp makes of their neutral frames"
