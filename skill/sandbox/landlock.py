"""Files that a process may open from now on: Landlock, which needs no rights and can't be taken back."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from skill.sandbox.kernel import system_call

# the same numbers on every architecture
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION: Final = 1  # flag: ask for the version of the interface

_EXECUTE, _WRITE, _READ, _LIST = (1 << bit for bit in range(4))
_REMOVE_FOLDER, _REMOVE, _MAKE_FOLDER, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_OF_FIRST_VERSION: Final = (1 << 13) - 1
_MOVE, _TRUNCATE = 1 << 13, 1 << 14  # of version 2 and 3
_OF_FILES: Final = _WRITE | _READ | _TRUNCATE
_TO_READ: Final = _READ | _LIST
_TO_WRITE: Final = _TO_READ | _WRITE | _REMOVE_FOLDER | _REMOVE | _MAKE_FOLDER | _MAKE_FILE | _MOVE | _TRUNCATE
_BIND_TCP, _CONNECT_TCP = 1, 2  # of version 4
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2  # of version 6: to processes outside


def restrict_files(readable: Iterable[Path], writable: Iterable[Path], emptied: Iterable[Path] = ()) -> int:
    """Let this thread, and those that it starts, open nothing but what is below these paths.

    It can't look into other processes either, open TCP connections (from version 4 on) or signal others (6). Files that
    are open stay so.

    Args:
        readable: files and folders to read; those that are not there are passed over.
        writable: files and folders to read, write, make and delete in; no links and no devices can be made.
        emptied: folders in which empty folders may be deleted, and nothing else.

    Returns:
        The version of the kernel's interface.

    Raises:
        OSError: the kernel has no Landlock, or it is not switched on.
    """
    version = system_call(_CREATE, 0, 0, _VERSION)
    handled = _OF_FIRST_VERSION | (_MOVE if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", _BIND_TCP | _CONNECT_TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _ABSTRACT_SOCKETS | _SIGNALS)
    rules = system_call(_CREATE, _pointer(attributes), len(attributes), 0)
    try:
        for paths, rights in ((readable, _TO_READ), (writable, _TO_WRITE), (emptied, _REMOVE_FOLDER)):
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                    _allow(rules, path, rights & handled)
        system_call(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return version


def _allow(rules: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        system_call(_ADD, rules, 1, _pointer(rule), 0)
    finally:
        os.close(place)


def _pointer(data: bytes) -> ctypes.c_void_p:
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)
