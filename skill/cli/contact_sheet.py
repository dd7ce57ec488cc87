"""A contact sheet of a clip, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from av import FFmpegError

from pipeline.arrays import Pixels
from pipeline.output.contact_sheet import contact_sheet, read_frames, save_sheet
from skill.cli.failures import CommandError
from weights.errors import WeightsError


def write_sheet(clip: Path, out: Path, boxes: Sequence[Sequence[float]] | None = None, *, count: int = 8) -> None:
    """Write frames of a clip side by side as a PNG, with the faces close up.

    Args:
        clip: A video or an animated picture.
        out: The PNG; a file of that name is overwritten.
        boxes: Faces to show close up: left, top, right, bottom in pixels of the clip. None: those of the first frame.
        count: Number of frames, at most all of the clip.

    Raises:
        CommandError: The file is no clip.
        OSError: A file can't be read or written.
    """
    try:
        frames, times = read_frames(clip, count)
    except (FFmpegError, IndexError):  # not a film at all, or one without a picture
        frames, times = [], []
    if not frames:
        raise CommandError(f"{clip} is no clip that can be read", "CLIP", f"{clip} – не видео, или файл повреждён.")
    save_sheet(contact_sheet(frames, times, _find_boxes(frames[0]) if boxes is None else boxes), out)


def _find_boxes(frame: Pixels) -> list[list[float]]:
    """Boxes of a frame's faces; none where the models are not built: a sheet is of use without close-ups too."""
    from pipeline.faces.finder import FaceFinder  # noqa: PLC0415  (only for a clip of unknown origin)
    from skill.local_render import open_runtime  # noqa: PLC0415

    try:
        faces = FaceFinder(open_runtime()).find(frame)
    except WeightsError:
        return []
    return [[float(value) for value in face.box] for face in faces[:4]]
