"""Memory that a block may take beyond what the process has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

try:
    import resource
except ImportError:  # no such limits on Windows
    resource = None  # type: ignore[assignment]

_STATISTICS: Final = Path("/proc/self/statm")
_DATA: Final = 5  # the field of data and stack, in pages
# One block at a time: each puts back the limit that it found, which is the process's and not its thread's. A block may
# lie in another one.
_LIMITED: Final = RLock()


@contextmanager
def limit_memory(size: int) -> Iterator[None]:
    """Let the block take so much memory at most: beyond it there is a MemoryError, or what a library makes of that.

    The limit is one of data (RLIMIT_DATA), set for the block above what the process has then, and not one of the
    address space: CUDA reserves terabytes of that without using them. Where the system has no such limit, nothing
    happens. Blocks of several threads run one after the other.

    Args:
        size: Bytes.
    """
    with _LIMITED, _lower_limit(size):
        yield


@contextmanager
def _lower_limit(size: int) -> Iterator[None]:
    try:
        pages = int(_STATISTICS.read_text(encoding="ascii").split()[_DATA])
        before = resource.getrlimit(resource.RLIMIT_DATA)
    except (OSError, AttributeError):
        yield
        return
    most = pages * resource.getpagesize() + size
    if any(one not in {resource.RLIM_INFINITY} and one <= most for one in before):
        yield  # there is a stricter one
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
