"""A contact sheet of a file that was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.arrays import Pixels
from pipeline.output.contact_sheet import contact_sheet, read_frames, save_sheet
from weights.errors import WeightsError


def write_sheet(clip: Path, out: Path, boxes: Sequence[Sequence[float]] | None = None, *, count: int = 8) -> None:
    """Frames of `clip` side by side in the PNG `out`; faces close up at `boxes`, None: found on frame 0."""
    frames, times = read_frames(clip, count)
    out.parent.mkdir(parents=True, exist_ok=True)
    save_sheet(contact_sheet(frames, times, _boxes(frames[0]) if boxes is None else boxes), out)


def _boxes(frame: Pixels) -> list[list[float]]:
    """Faces of a frame; none where the models are not built: a sheet is of use without close-ups too."""
    from pipeline.faces.finder import FaceFinder  # noqa: PLC0415  (only for a clip of unknown origin)
    from skill.local_render import open_runtime  # noqa: PLC0415

    try:
        faces = FaceFinder(open_runtime()).find(frame)
    except WeightsError:
        return []
    return [[float(value) for value in face.box] for face in faces[:4]]
