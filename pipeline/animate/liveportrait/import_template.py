"""LivePortrait's own motion templates: pickles, read by an unpickler that knows numbers, lists, tables and arrays.

A pickle is a program; this reader runs none of it. Every name that a file asks for is either one of five that plain
arrays are made of, and even these are our own narrow functions, or the file is refused.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.animate.liveportrait.frame_net import NotAMotionError
from pipeline.animate.liveportrait.recording import LONGEST, Recording
from pipeline.animate.liveportrait.source import KEYPOINTS
from pipeline.arrays import Float

_MOST_BYTES: Final = 64 * 2**20
_MODULES: Final = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")


def read_template(path: Path) -> Recording:
    """A `.pkl` of LivePortrait, with rotations under `R` or `R_d`; lists of eyes and lips are not needed.

    At most 30 seconds are kept. Raises NotAMotionError (also for a file that asks for anything but numbers), OSError.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise NotAMotionError(f"{path.name} is larger than {_MOST_BYTES >> 20} MiB: that is no motion template")
    table = plain(path.read_bytes(), path.name)
    frames = table.get("motion") if isinstance(table, Mapping) else None
    if not isinstance(frames, Sequence) or not frames or not all(isinstance(frame, Mapping) for frame in frames):
        raise NotAMotionError(f"{path.name} is no motion template: it has no list of frames under 'motion'")
    try:
        fps = float(table.get("output_fps", 25))
        frames = frames[: max(2, int(LONGEST * fps))]
        return Recording(
            fps,
            rotation=_stack(frames, ("R", "R_d"), (3, 3)),
            expression=_stack(frames, ("exp",), (KEYPOINTS, 3)),
            scale=_stack(frames, ("scale",), (1,))[:, 0],
            translation=_stack(frames, ("t",), (3,))[:, :2],
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, NotAMotionError):
            raise
        raise NotAMotionError(f"{path.name} is no motion template: {type(error).__name__} {error}") from error


def _stack(frames: Sequence[Mapping[str, Any]], names: tuple[str, ...], shape: tuple[int, ...]) -> Float:
    name = next((name for name in names if name in frames[0]), names[0])
    return np.stack([np.asarray(frame[name], np.float32).reshape(shape) for frame in frames])


def plain(data: bytes, name: str) -> Any:
    """The content of a pickle that holds only numbers, texts, lists, tables and arrays. Raises NotAMotionError."""
    try:
        return _Plain(io.BytesIO(data)).load()
    except NotAMotionError:
        raise
    except Exception as error:  # damaged pickles raise anything
        raise NotAMotionError(f"{name} is no pickle, or a damaged one ({type(error).__name__})") from error


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module in _MODULES and name in _ALLOWED:
            return _ALLOWED[name]
        if (module, name) == ("numpy", "ndarray"):
            return np.ndarray
        if (module, name) == ("numpy", "dtype"):
            return _numeric
        if (module, name) == ("_codecs", "encode"):
            return _latin
        raise NotAMotionError(f"the file asks for {module}.{name} and is not opened: a motion is made of numbers")

    def persistent_load(self, pid: Any) -> Any:
        raise NotAMotionError("the file points outside itself, and is not opened")


def _numeric(kind: str, *_: object) -> np.dtype[Any]:
    """The dtype of numbers; objects, of which a pickle could make anything, are refused."""
    found = np.dtype(str(kind))
    if found.kind not in "fiub":
        raise NotAMotionError(f"the file holds {found} values, and is not opened: a motion is made of numbers alone")
    return found


def _empty(kind: type, shape: tuple[int, ...], code: bytes) -> np.ndarray[Any, Any]:
    """What `_reconstruct` makes before its content comes: no file decides how much memory that takes."""
    if kind is not np.ndarray or tuple(shape) != (0,):
        raise NotAMotionError("the file's arrays are not built as numpy builds them")
    return np.ndarray((0,), np.int8)


def _scalar(kind: np.dtype[Any], data: bytes) -> Any:
    return np.frombuffer(data, kind, 1)[0]


def _from_buffer(data: Any, kind: np.dtype[Any], shape: tuple[int, ...], order: str = "C") -> np.ndarray[Any, Any]:
    return np.frombuffer(data, kind).reshape(shape, order="F" if order == "F" else "C")


def _latin(text: str, encoding: str = "latin1") -> bytes:
    """How old protocols write bytes; no other codec is looked up."""
    return str(text).encode("latin1")


_ALLOWED: Final[Mapping[str, Any]] = {"_reconstruct": _empty, "scalar": _scalar, "_frombuffer": _from_buffer}
