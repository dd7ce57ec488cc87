"""Processes that are measured: the command to start the service, and the CPU and memory that a process used."""

from __future__ import annotations

import os
import re
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

OZHIVI: Final = (sys.executable, "-c", "from skill.cli.main import main; main()")
"""The command line of `ozhivi` in this environment."""


def own_peak_memory() -> float:
    """The highest memory of this process so far, in MiB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def peak_memory(pid: int, *, reset: bool = False) -> float | None:
    """The highest memory of a process in MiB; None where the system has no /proc.

    Args:
        pid: The process.
        reset: Count anew from now on; the answer is what the process holds now.
    """
    place = Path(f"/proc/{pid}")
    try:
        if reset:
            (place / "clear_refs").write_text("5", encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", (place / "status").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def cpu_seconds(pid: int) -> float:
    """The seconds of CPU that a process used, without its children."""
    fields = _stat_fields(Path(f"/proc/{pid}/stat"))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def low_priority_descendants(pid: int) -> list[int]:
    """The descendants of a process that have a lower priority than it: of a service, those that render."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(_stat_fields(stat)[1]), []).append(int(stat.parent.name))
    descendants, unvisited = [], [pid]
    while unvisited:
        below = children.get(unvisited.pop(), [])
        unvisited += below
        descendants += below
    with suppress(ProcessLookupError):
        own = os.getpriority(os.PRIO_PROCESS, pid)
        return [child for child in descendants if os.getpriority(os.PRIO_PROCESS, child) > own]
    return []


def _stat_fields(stat: Path) -> list[str]:
    """The fields of /proc/PID/stat after the command's name, which may hold spaces."""
    return stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
