"""Files that a process may open beside Python, its modules and its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Access:
    """The files that a process needs further."""

    readable: tuple[Path, ...] = ()
    """Files and folders that it reads."""
    writable: tuple[Path, ...] = ()
    """Files and folders that it writes too."""

    def __add__(self, other: Access) -> Access:
        return Access(self.readable + other.readable, self.writable + other.writable)
