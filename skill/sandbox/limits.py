"""Limits of a process's resources: files, their size, dumps of its memory, and time of the processor."""

from __future__ import annotations

import os
import time
from typing import Final

try:
    import resource
except ImportError:  # no such limits on Windows
    resource = None  # type: ignore[assignment]

MAX_OPEN_FILES: Final = 1024
"""Files, pipes and devices that are open at once; CUDA has some dozens."""
MAX_FILE_BYTES: Final = 2**31
"""Bytes of a file that is written; the largest clip has below a tenth."""


def limit_resources() -> None:
    """Set the limits for the rest of the process's life: no dump, which would hold the photo. Raises OSError.

    There is none of the address space: CUDA reserves terabytes of it. Memory is limited while a photo is decoded.
    """
    if resource is None:
        raise OSError("no limits here")
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _lower(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)


def allow_processor(seconds: float) -> None:
    """End this process when it has computed for so long from now on, on one processor.

    The other end of its pipe ends it sooner; this is for a process that is left alone in the middle of a decoder.
    """
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(time.process_time() + seconds * (os.cpu_count() or 1)) + 1
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _lower(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(kind, (most, most))
