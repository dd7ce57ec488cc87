"""A contact sheet of a clip, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from av import FFmpegError

from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.limits import FORMATS
from pipeline.output.contact_sheet import contact_sheet, read_frames, save_sheet
from pipeline.output.encode import Clip
from skill.cli.failures import CommandError
from weights.errors import WeightsError


def write_sheet(clip: Path, out: Path, *, count: int = 8) -> None:
    """Write frames of a clip side by side as a PNG, with the faces close up.

    Args:
        clip: A video or an animated picture.
        out: The PNG; a file of that name is overwritten.
        count: Number of frames, at most all of the clip.

    Raises:
        CommandError: The file is no clip.
        OSError: A file can't be read or written.
    """
    frames, times = _read(clip, count)
    save_sheet(contact_sheet(frames, times, _find_boxes(frames[0])), out)


def write_sheet_of(clip: Clip, faces: Sequence[Face], out: Path, *, count: int = 8) -> None:
    """Write the contact sheet of a clip that was just made, as `write_sheet` does.

    Args:
        clip: The files; of several formats the video is shown.
        faces: The faces that move, to be shown close up.
        out: The PNG; a file of that name is overwritten.
        count: Number of frames.
    """
    file = next(clip.files[name] for name in FORMATS if name in clip.files)
    frames, times = _read(file, count)
    scale = frames[0].shape[1] / clip.size[0]  # GIF and WebP are smaller than the photo
    save_sheet(contact_sheet(frames, times, [(face.box * scale).tolist() for face in faces]), out)


def _read(clip: Path, count: int) -> tuple[list[Pixels], list[float]]:
    """Frames and their seconds, one at least. Raises CommandError."""
    try:
        frames, times = read_frames(clip, count)
    except (FFmpegError, IndexError, SyntaxError, ValueError, EOFError):  # no film, one without a picture, or damaged
        frames, times = [], []
    except OSError as error:
        if error.errno is not None:
            raise
        frames, times = [], []  # Pillow's own, of a picture that is none or breaks off
    if not frames:
        raise CommandError(f"{clip} is no clip that can be read", "CLIP", f"{clip} — не видео, или файл повреждён.")
    return frames, times


def _find_boxes(frame: Pixels) -> list[list[float]]:
    """Boxes of a frame's faces; none where the models are not built: a sheet is of use without close-ups too."""
    from pipeline.faces.finder import FaceFinder  # noqa: PLC0415  (only for a clip of unknown origin)
    from skill.local_render import open_runtime  # noqa: PLC0415

    try:
        faces = FaceFinder(open_runtime()).find(frame)
    except WeightsError:
        return []
    return [[float(value) for value in face.box] for face in faces[:4]]
