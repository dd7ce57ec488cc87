"""The import of LivePortrait's own motion templates: pickles of numbers, lists, tables and arrays.

A pickle is a program; this reader runs none of it. Every name that a file asks for is either one of five that plain
arrays are made of, and even these are our own narrow functions, or the file is refused.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.animate.liveportrait.recording import MAX_SECONDS, NotAMotionError, Recording
from pipeline.animate.liveportrait.source import KEYPOINTS
from pipeline.arrays import Float

_MAX_BYTES: Final = 64 * 2**20
_MAX_RATIO: Final = 10.0  # height by width of an eye or a mouth: a real one has 2 at most
_MODULES: Final = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: the motion net's answers of n frames and, where the file has them, what landmarks said."""

    recording: Recording
    """The motion net's answers."""
    eyes: Float | None
    """(n, 2): openness of the person's right and left eye, height by width; None where it is not told."""
    lips: Float | None
    """(n,): openness of the lips, height by width; None where it is not told."""


def read_template(path: Path) -> Template:
    """Read a `.pkl` of LivePortrait, with rotations under `R` or `R_d`; lists of eyes and lips are not needed.

    At most MAX_SECONDS are taken.

    Raises:
        NotAMotionError: It is no template, or asks for anything but numbers.
        OSError: It can't be read.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise NotAMotionError(f"{path.name} is larger than {_MAX_BYTES >> 20} MiB: that is no motion template")
    table = unpickle_plain(path.read_bytes(), path.name)
    frames = table.get("motion") if isinstance(table, Mapping) else None
    if not isinstance(frames, Sequence) or not frames or not all(isinstance(frame, Mapping) for frame in frames):
        raise NotAMotionError(f"{path.name} is no motion template: it has no list of frames under 'motion'")
    try:
        fps = float(table.get("output_fps", 25))
        frames = frames[: max(2, int(MAX_SECONDS * fps))]
        recording = Recording(
            fps,
            rotation=_stack(frames, ("R", "R_d"), (3, 3)),
            expression=_stack(frames, ("exp",), (KEYPOINTS, 3)),
            scale=_stack(frames, ("scale",), (1,))[:, 0],
            translation=_stack(frames, ("t",), (3,))[:, :2],
        )
        eyes, lips = _find_ratios(table, "eyes", 2, len(recording)), _find_ratios(table, "lip", 1, len(recording))
        return Template(recording, eyes, None if lips is None else lips[:, 0])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, NotAMotionError):
            raise
        raise NotAMotionError(f"{path.name} is no motion template: {type(error).__name__} {error}") from error


def _stack(frames: Sequence[Mapping[str, Any]], names: tuple[str, ...], shape: tuple[int, ...]) -> Float:
    """One value of all frames, (n, *shape), under whichever of the names the first frame has."""
    name = next((name for name in names if name in frames[0]), names[0])
    return np.stack([np.asarray(frame[name], np.float32).reshape(shape) for frame in frames])


def _find_ratios(table: Mapping[str, Any], part: str, width: int, count: int) -> Float | None:
    """The list of openness of a part of the face, (count, width), under one of its two names; None for no list."""
    name = next((name for name in (f"c_{part}_lst", f"c_d_{part}_lst") if name in table), None)
    if name is None:
        return None
    ratios = np.stack([np.asarray(one, np.float32).reshape(width) for one in table[name][:count]])
    if ratios.shape != (count, width) or not np.isfinite(ratios).all() or np.abs(ratios).max() > _MAX_RATIO:
        raise ValueError(f"{name} is not finite, or not {(count, width)}: {ratios.shape}")
    return ratios


def unpickle_plain(data: bytes, name: str) -> Any:
    """The content of a pickle that holds only numbers, texts, lists, tables and arrays. Raises NotAMotionError."""
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except NotAMotionError:
        raise
    except Exception as error:  # damaged pickles raise anything
        raise NotAMotionError(f"{name} is no pickle, or a damaged one ({type(error).__name__})") from error


class _PlainUnpickler(pickle.Unpickler):
    """Knows the names that plain arrays are made of, and no others."""

    def find_class(self, module: str, name: str) -> Any:
        """A function of our own for one of the known names. Raises NotAMotionError for any other."""
        if module in _MODULES and name in _ALLOWED:
            return _ALLOWED[name]
        if (module, name) == ("numpy", "ndarray"):
            return np.ndarray
        if (module, name) == ("numpy", "dtype"):
            return _numeric_dtype
        if (module, name) == ("_codecs", "encode"):
            return _latin_bytes
        raise NotAMotionError(f"the file asks for {module}.{name} and is not opened: a motion is made of numbers")

    def persistent_load(self, pid: Any) -> Any:
        """Refuse a reference to something outside the file. Raises NotAMotionError."""
        raise NotAMotionError("the file points outside itself, and is not opened")


def _numeric_dtype(kind: str, *_: object) -> np.dtype[Any]:
    """The dtype of numbers; objects, of which a pickle could make anything, are refused."""
    found = np.dtype(str(kind))
    if found.kind not in "fiub":
        raise NotAMotionError(f"the file holds {found} values, and is not opened: a motion is made of numbers alone")
    return found


def _empty_array(kind: type, shape: tuple[int, ...], code: bytes) -> np.ndarray[Any, Any]:
    """The array that `_reconstruct` makes before its content comes: no file decides how much memory that takes."""
    if kind is not np.ndarray or tuple(shape) != (0,):
        raise NotAMotionError("the file's arrays are not built as numpy builds them")
    return np.ndarray((0,), np.int8)


def _scalar(kind: np.dtype[Any], data: bytes) -> Any:
    return np.frombuffer(data, kind, 1)[0]


def _from_buffer(data: Any, kind: np.dtype[Any], shape: tuple[int, ...], order: str = "C") -> np.ndarray[Any, Any]:
    return np.frombuffer(data, kind).reshape(shape, order="F" if order == "F" else "C")


def _latin_bytes(text: str, encoding: str = "latin1") -> bytes:
    """Bytes as old protocols write them; no other codec is looked up."""
    return str(text).encode("latin1")


_ALLOWED: Final[Mapping[str, Any]] = {"_reconstruct": _empty_array, "scalar": _scalar, "_frombuffer": _from_buffer}
