"""The folder of imported motions: what they may be called, and how one is written so that it is there whole or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pipeline.errors import MotionError
from pipeline.limits import AUTO, PRESETS

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def is_motion_name(name: str) -> bool:
    """Whether a motion may be called so; a name that may is no path."""
    return _NAME.fullmatch(name) is not None


def store_motion(folder: Path, name: str, suffix: str, write: Callable[[Path], object]) -> Path:
    """Write a motion in place of one of the same name and kind, if any, and return its file.

    Args:
        folder: The folder; it is made where it is missing.
        name: The motion's name.
        suffix: The kind's, with its dot.
        write: Writes the file that it is given.

    Raises:
        MotionError: The name is not allowed.
        OSError: The file can't be written.
    """
    taken = (*PRESETS, AUTO)
    if not is_motion_name(name) or name in taken:
        own = f"; {', '.join(taken)} are there already" if name in taken else ""
        raise MotionError(f"a name has 1 to 40 of a-z, 0-9 and -, not {name!r}{own}")
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / f"{name}{suffix}", folder / f".{name}.part"
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
