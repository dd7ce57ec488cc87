"""`ozhivi bench loops`: whether a loop can be seen to begin anew: of each story, gesture, way of the camera, and donor.

The step over the seam, from the last frame to the first, is compared with the loop's other steps, as they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.arrays import Pixels
from pipeline.limits import CAMERAS, PRESETS
from pipeline.motion.gesture_plan import default_seconds
from pipeline.motion.gestures import GESTURES
from pipeline.motion.motion_file import MotionFiles
from pipeline.run import Wish
from skill.animator_choice import FileWarpAnimator
from skill.bench.donor_films import read_donors
from skill.local_render import open_photo_renderer
from skill.photo_renderer import PhotoRenderer

LONG_SIDE: Final = 360
"""Pixels of the clips' longer side."""
LARGEST: Final = 1.5
"""The step over the seam at most, beside the median step."""
KINDS: Final = ("story", "gesture", "camera", "donor")
"""Kinds of loops, in the order in which they are drawn."""
_INVISIBLE: Final = 0.02  # grey levels of a step that nobody sees
_SEED: Final = 3
_HEAD: Final = ("kind", "loops", "median", "worst", "within", "the worst one")


@dataclass(frozen=True, slots=True)
class Seam:
    """One loop of one photo."""

    photo: str
    """The photo's name."""
    kind: str
    """One of KINDS."""
    name: str
    """The story, the gesture with its side, the way of the camera, or the donor's film."""
    ratio: float
    """Step over the seam over the median step; a step is the mean change of a pixel's grey level."""

    @property
    def is_smooth(self) -> bool:
        """Whether the seam is within LARGEST."""
        return self.ratio <= LARGEST


def list_loops() -> list[tuple[str, str, Wish]]:
    """Kind, name and wish of every loop that there is without a film."""
    sided = [f"{name}:{side}" if side else name for name, one in GESTURES.items() for side in one.sides or ("",)]
    plain = Wish(motion=PRESETS[0], face="largest", long_side=LONG_SIDE, seed=_SEED)
    return [
        *(("story", name, replace(plain, motion=name)) for name in PRESETS),
        *(("gesture", name, replace(plain, gestures=(name,), seconds=default_seconds((name,)))) for name in sided),
        *(("camera", name, replace(plain, camera=name)) for name in CAMERAS[1:]),
    ]


def measure_loops(
    photos: Sequence[Path],
    renderer: PhotoRenderer | None = None,
    loops: Sequence[tuple[str, str, Wish]] | None = None,
    films: Sequence[Path] = (),
) -> list[Seam]:
    """Draw the loops of every photo, and measure their seams; those of donors as the warp plays their motion files.

    Args:
        photos: Photos, one or more; of several people the largest face moves.
        renderer: Draws them; by default as the settings say.
        loops: Some of `list_loops`; by default all.
        films: Films of donors, beside the one that is made of the first photo.

    Raises:
        PipelineError: A photo is refused.
        MotionError: A film can't be read.
    """
    renderer = renderer or open_photo_renderer()
    chosen = list_loops() if loops is None else loops
    prepared = [(path.stem, renderer.prepare(path, chosen[0][2]).photo) for path in photos]
    found: list[Seam] = []
    with TemporaryDirectory(prefix="donors-") as folder:
        files = MotionFiles(Path(folder))
        donors = [
            ("donor", name, replace(chosen[0][2], motion=name, gestures=(), seconds=motion.seconds))
            for name, motion in read_donors(prepared[0][1], films, renderer.runtime)
            if files.put(name, motion)
        ]
        warp = FileWarpAnimator(renderer.runtime, files.folder)
        for photo, one in prepared:
            shown = track(chosen, photo, console=Console(stderr=True), transient=True)
            found += [Seam(photo, kind, name, compare_seam(one.draw(wish))) for kind, name, wish in shown]
            playing = one.with_animator(warp)
            found += [Seam(photo, kind, name, compare_seam(playing.draw(wish))) for kind, name, wish in donors]
    return found


def compare_seam(frames: Iterable[Pixels]) -> float:
    """The step over the seam of a loop over its median step.

    Args:
        frames: The loop, three frames or more, uint8 H×W×3.
    """
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.int16) for frame in frames]
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(greys)]
    seam = float(np.abs(greys[-1] - greys[0]).mean())
    return seam / max(float(np.median(steps)), _INVISIBLE)


def table(seams: Sequence[Seam]) -> list[tuple[str, ...]]:
    """Rows of each kind: number of loops, median and worst ratio, how many are within LARGEST, which one is worst."""
    rows: list[tuple[str, ...]] = []
    for kind in KINDS:
        mine = [one for one in seams if one.kind == kind]
        if mine:
            worst = max(mine, key=lambda one: one.ratio)
            middle = float(np.median([one.ratio for one in mine]))
            good = sum(one.is_smooth for one in mine)
            name = f"{worst.name} of {worst.photo}"
            rows.append((kind, str(len(mine)), f"{middle:.2f}", f"{worst.ratio:.2f}", f"{good} of {len(mine)}", name))
    return rows


def show(seams: Sequence[Seam]) -> None:
    """Print the table by kind, and below it each loop whose seam is beyond LARGEST."""
    console, shown = Console(highlight=False), Table(*_HEAD, box=None, pad_edge=False)
    for row in table(seams):
        shown.add_row(*row)
    console.print(shown)
    for one in seams:
        if not one.is_smooth:
            console.print(f"{one.photo}: {one.kind} {one.name} {one.ratio:.2f}")


def format_markdown(seams: Sequence[Seam]) -> str:
    """The table by kind, and one of every loop with a column for each photo, in markdown."""
    photos = list(dict.fromkeys(one.photo for one in seams))
    ratios = {(one.kind, one.name, one.photo): f"{one.ratio:.2f}" for one in seams}
    loops = dict.fromkeys((one.kind, one.name) for one in seams)
    each = [(*loop, *(ratios.get((*loop, photo), "–") for photo in photos)) for loop in loops]
    return f"{_markdown(_HEAD, table(seams))}\n{_markdown(('kind', 'name', *photos), each)}"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return "\n".join(lines) + "\n"
