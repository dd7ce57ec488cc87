"""Silence for libtiff and Pillow, which write a line to the standard error for whatever is odd in a TIFF."""

from __future__ import annotations

import ctypes
import logging
from contextlib import suppress
from functools import cache
from pathlib import Path


@cache
def silence_libtiff() -> None:
    """Take the handlers of messages from the libtiff that Pillow has loaded, once a process, and stop Pillow's log.

    Pillow tells of the same errors with exceptions. Where the library is not found, its lines stay.
    """
    logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)
    with suppress(OSError, AttributeError):
        for path in _loaded():
            library = ctypes.CDLL(path)
            for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
                setter = getattr(library, name)
                setter.restype, setter.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
                setter(None)


def _loaded() -> set[str]:
    """Paths of the libraries of this process that are a libtiff."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    paths = {fields[5] for line in lines if len(fields := line.split(maxsplit=5)) > 5}
    return {path for path in paths if Path(path).name.startswith("libtiff")}
