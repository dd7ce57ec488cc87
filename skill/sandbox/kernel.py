"""Calls of Linux that Python has no function for."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Final

_SET_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP, _FILTER_MODE = 22, 2


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def system_call(number: int, *arguments: int | ctypes.c_void_p) -> int:
    """Make a system call by its number.

    Args:
        number: of this machine's architecture.
        arguments: numbers, and pointers of ctypes.

    Raises:
        OSError: it failed, or this is no Linux.
    """
    try:
        function = _library().syscall
    except AttributeError:
        raise OSError("no system calls here") from None
    wide = (ctypes.c_long(one) if isinstance(one, int) else one for one in arguments)
    return _checked(function(ctypes.c_long(number), *wide))


def set_no_new_privileges() -> None:
    """Neither this process nor what it starts may gain rights, by no program with a set-user-id bit. Raises OSError."""
    _control(_SET_NO_NEW_PRIVILEGES, 1)


def set_seccomp(program: ctypes.Structure) -> None:
    """Give this thread, and those that it starts, a filter of system calls. Raises OSError."""
    _control(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(program))


def _control(option: int, *arguments: int) -> None:
    try:
        function = _library().prctl
    except AttributeError:
        raise OSError("no prctl here") from None
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _checked(function(ctypes.c_int(option), *(ctypes.c_ulong(one) for one in padded)))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
