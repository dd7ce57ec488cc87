"""The C library's heap: what is freed stays there for the next arrays, whose pages are not mapped and cleared anew,
and is given back when a photo is done with."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Final

# glibc's numbers of the settings, and bytes: up to so many lie free, and larger arrays are given back at once
_TRIM_THRESHOLD: Final = (-1, 128 * 2**20)
_MMAP_THRESHOLD: Final = (-3, 24 * 2**20)


def keep_freed_memory() -> bool:
    """Let this process keep freed memory for its next arrays; a clip takes 5 to 10 % less processor time.

    Returns:
        Whether the C library can do it; elsewhere nothing happens.
    """
    set_option = _find("mallopt")
    return set_option is not None and all(bool(set_option(*one)) for one in (_TRIM_THRESHOLD, _MMAP_THRESHOLD))


def give_back_freed_memory() -> None:
    """Give the freed pages back to the system, which clears them: what lay in them of a photo is gone. Nothing happens
    where the C library can't do it."""
    if trim := _find("malloc_trim"):
        trim(0)


def _find(name: str) -> Callable[..., int] | None:
    """A function of glibc; None elsewhere: there is no library without a name on Windows."""
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
    return function
