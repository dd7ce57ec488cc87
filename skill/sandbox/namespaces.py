"""A network of its own that leads nowhere, and no capabilities."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path
from typing import Final

from skill.sandbox.kernel import system_call

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NUMBERS: Final = {"x86_64": (272, 126), "aarch64": (97, 91)}  # of unshare and capset
_CAPABILITY_VERSION: Final = 0x20080522
_READ_AS_OTHERS: Final = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: of a service that runs as root


def leave_network() -> None:
    """Move this process into a network without interfaces; needs a process of one thread.

    Without the right to do so it takes a user namespace of its own, in which it is who it was.

    Raises:
        OSError: neither is allowed on this system.
    """
    unshare, _ = _numbers()
    try:
        system_call(unshare, _NEW_NETWORK)
    except OSError:
        user, group = os.getuid(), os.getgid()
        system_call(unshare, _NEW_USER | _NEW_NETWORK)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def drop_capabilities() -> None:
    """Give up all capabilities but those by which root reads the files of others, which Landlock narrows. Raises
    OSError."""
    _, capset = _numbers()
    held = int(_status("CapEff"), 16) & _READ_AS_OTHERS
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    sets = struct.pack("=6I", held, held, 0, 0, 0, 0)
    pointers = (ctypes.cast(ctypes.c_char_p(one), ctypes.c_void_p) for one in (header, sets))
    system_call(capset, *pointers)


def _numbers() -> tuple[int, int]:
    try:
        return _NUMBERS[os.uname().machine]
    except KeyError:
        raise OSError("no numbers of system calls for this architecture") from None


def _status(name: str) -> str:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
