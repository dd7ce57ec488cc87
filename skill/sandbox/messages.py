"""Messages between a sandboxed process and its parent, and the shape of the functions that it runs."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from skill.sandbox.access import Access

Report = Callable[[Any], None]
"""Sends a value of JSON to the parent before the answer is there."""
Answer = Callable[[Any, Report], Any]
"""(request, report) → answer, a value of JSON."""
OpenAnswer = Callable[[Any], Answer]
"""Options → the function that answers; it may import and open what it needs."""
FindAccess = Callable[[Any], Access]
"""Options → the files that the function will need; called without threads, before anything else is imported."""

LENGTH: Final = struct.Struct(">I")
"""Bytes of a request, in front of it."""
READY, REPORT, ANSWER = "ready", "report", "answer"
"""Keys of a line from the process: the protections that are on; a value before the answer; the answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The function that a process runs."""

    function: str
    """Its name as "module:function", imported in the process only; an `OpenAnswer`."""
    options: Any = None
    """Its argument; sent to the process by pickle."""
    access: str = ""
    """Name of a `FindAccess` with the same argument; empty: no files beside the folder."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The first thing that the parent sends."""

    entry: Entry
    """The function that answers."""
    folder: Path
    """The process's own folder; it is deleted when the parent dies."""
    log_level: str
    """Least serious level of its log, JSON lines on stdout."""
    seconds: float
    """Seconds that an answer may take."""
    protected: bool = True
    """Whether the protections of skill.sandbox.protections are switched on."""


def import_function(name: str) -> Any:
    """The function of a "module:function"."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
