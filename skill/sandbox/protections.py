"""Protections of a process before it touches the first strange byte, each as far as the system has it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from skill.sandbox.access import Access
from skill.sandbox.gpu import GPU
from skill.sandbox.kernel import set_no_new_privileges
from skill.sandbox.landlock import restrict_files
from skill.sandbox.limits import limit_resources
from skill.sandbox.namespaces import drop_capabilities, leave_network
from skill.sandbox.seccomp import forbid_system_calls


class Protection(StrEnum):
    """A protection that is on."""

    LIMITS = "limits"
    """Limits of files and dumps."""
    PRIVILEGES = "no new privileges"
    """No program gives it more rights."""
    NETWORK = "network namespace"
    """Its network leads nowhere."""
    CAPABILITIES = "capabilities"
    """It has no rights of root, but to read."""
    FILES = "landlock"
    """It opens only the files that it needs, and looks into no other process."""
    SYSTEM_CALLS = "seccomp"
    """It starts nothing, opens no socket, signals nobody."""


def missing_protections(found: Sequence[str]) -> tuple[str, ...]:
    """The protections that a process does not have.

    Args:
        found: those that it has.
    """
    return tuple(one.value for one in Protection if one.value not in found)


# of the system: programs' libraries, the loader's tables, what the processors are; no settings of services below /etc
_SYSTEM: Final = (
    "/usr", "/lib", "/lib32", "/lib64", "/opt", "/nix/store", "/run/opengl-driver", "/proc", "/sys", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime", "/etc/passwd", "/etc/group",
    "/etc/nsswitch.conf", "/etc/alternatives", "/etc/mime.types", "/etc/os-release", "/etc/OpenCL", "/etc/nvidia",
)  # fmt: skip
# no disks, no terminals, no memory of the machine: a service that runs as root may open them all
_DEVICES: Final = ("null", "zero", "full", "random", "urandom")


def protect(folder: Path, access: Access, library_path: str = "") -> tuple[Protection, ...]:
    """Take from this process what it does not need, for the rest of its life; it must have one thread.

    Args:
        folder: its own folder, for the photo and the clip.
        access: further files.
        library_path: folders of libraries, as LD_LIBRARY_PATH has them.

    Returns:
        The protections that this system has.
    """
    python = {*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix, *library_path.split(":")}
    readable = [*map(Path, (*_SYSTEM, *filter(None, python))), *_own_packages(), *access.readable]
    writable = [folder, *(Path("/dev", name) for name in _DEVICES), *access.writable]
    steps: Sequence[tuple[Protection, Callable[[], object]]] = (
        (Protection.LIMITS, limit_resources),
        (Protection.NETWORK, leave_network),
        (Protection.CAPABILITIES, drop_capabilities),
        (Protection.PRIVILEGES, set_no_new_privileges),
        (Protection.FILES, lambda: restrict_files(readable, writable, [folder.parent])),
        (Protection.SYSTEM_CALLS, lambda: forbid_system_calls(local_sockets=GPU.exists())),
    )
    found = []
    for protection, switch_on in steps:
        with suppress(OSError, ValueError):
            switch_on()
            found.append(protection)
    return tuple(found)


def _own_packages() -> tuple[Path, ...]:
    """This project's packages: of an editable install they lie in no folder of `sys.path`."""
    root = Path(__file__).parents[2]
    return tuple(root / name for name in ("filters", "pipeline", "skill", "weights"))
