"""Motion files: a motion as JSON that people may write, read and share, and their library. No pixels, nothing is run.

{"format": "ozhivi-motion", "version": 1, "name": …, "licence": …, "fps": 25, "curves": {"yaw": [0.0, 0.4, …], …}}

The channels, their units and limits are those of `pipeline.motion.channels`; one that is left out stays at 0. Every
curve has one number a frame, is 0 at frame 0, and after its last frame comes the first one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import MotionError
from pipeline.limits import MAX_SECONDS
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion
from pipeline.motion.donor import close_loop
from pipeline.motion.motion_folder import is_motion_name, store_motion

FORMAT: Final = "ozhivi-motion"
"""The file's `format`."""
VERSION: Final = 1
"""The file's `version`."""
_MAX_BYTES: Final = 2**20
_DIGITS: Final = 4


def dump_motion(motion: Motion, *, licence: str = "") -> str:
    """The text of a motion's file; channels that stand still are left out.

    Args:
        motion: The motion.
        licence: Terms of the film that it was read from; empty for a motion of our own.
    """
    curves = {name: [round(float(value), _DIGITS) for value in curve] for name, curve in motion.curves.items()}
    moving = {name: values for name, values in curves.items() if any(values)}
    table = {"format": FORMAT, "version": VERSION, "name": motion.name, "licence": licence, "fps": motion.fps}
    return json.dumps({**table, "frames": len(motion), "curves": moving}, ensure_ascii=False) + "\n"


def load_motion(text: str) -> Motion:
    """The motion of a file's text.

    Raises:
        MotionError: It is no motion file of this version, or a curve is not as `Motion` wants it.
    """
    try:
        table = json.loads(text)
        if (table["format"], table["version"]) != (FORMAT, VERSION):
            raise MotionError(f"this is no motion file of version {VERSION}")
        count, given = int(table["frames"]), table["curves"]
        if unknown := set(given) - set(CHANNELS):
            raise MotionError(f"there is no channel {min(unknown)!r}; there are {', '.join(CHANNELS)}")
        if not 2 <= count <= 60 * 60:
            raise MotionError("a motion has two frames or more, and lasts a minute at most")
        curves = {name: np.asarray(given.get(name, np.zeros(count)), np.float32) for name in CHANNELS}
        return Motion(str(table["name"]), int(table["fps"]), curves)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, MotionError):
            raise
        raise MotionError(f"this is no motion file: {type(error).__name__}") from error


def read_motion(path: Path) -> Motion:
    """The motion of a file. Raises MotionError, OSError."""
    if path.stat().st_size > _MAX_BYTES:
        raise MotionError(f"{path.name} is larger than {_MAX_BYTES >> 20} MiB: that is no motion file")
    return load_motion(path.read_text(encoding="utf-8", errors="replace"))


def read_licence(path: Path) -> str:
    """The licence that a motion's file names, empty for none; of a file that `read_motion` has read. Raises OSError."""
    return str(json.loads(path.read_text(encoding="utf-8", errors="replace")).get("licence", ""))


class MotionFiles:
    """Motions by name, each a file `NAME.json` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """The folder; it need not be there."""

    def names(self) -> tuple[str, ...]:
        """Names of all motions, sorted."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.json")))

    def put(self, name: str, motion: Motion, *, licence: str = "") -> Path:
        """Store a motion in place of one of the same name, if any, and return its file.

        Raises:
            MotionError: The name is not allowed.
            OSError: The file can't be written.
        """
        text = dump_motion(motion, licence=licence)
        return store_motion(self.folder, name, ".json", lambda part: part.write_text(text, encoding="utf-8"))

    def get(self, name: str, seconds: float = MAX_SECONDS, fps: int = 0) -> Motion | None:
        """A motion as a loop.

        Args:
            name: Its name.
            seconds: The longest loop that is wanted; a longer one is cut and closed.
            fps: Frames a second of the loop; 0 for the file's own.

        Raises:
            MotionError: Its file is damaged.
        """
        if not is_motion_name(name):
            return None
        try:
            motion = read_motion(self.folder / f"{name}.json")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MotionError(f"{name} can't be read: {error.strerror}") from error
        return _resample(motion, seconds, fps or motion.fps)


def _resample(motion: Motion, seconds: float, fps: int) -> Motion:
    """The loop at another rate, and cut to a length."""
    count = max(2, round(len(motion) * fps / motion.fps))
    places = np.arange(count) * (len(motion) / count)
    times = np.arange(len(motion) + 1)
    values = np.stack([np.interp(places, times, np.append(curve, curve[0])) for curve in motion.curves.values()], 1)
    wanted = round(seconds * fps)
    if wanted < count:
        values = close_loop(values[:wanted], fps)
    return Motion(motion.name, fps, dict(zip(motion.curves, values.T.astype(np.float32), strict=True)))
