"""Figures of processes: this one, and a child with a lower priority."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skill.bench.processes import cpu_seconds, low_priority_descendants, own_peak_memory, peak_memory

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


def test_this_process_has_memory_and_has_worked() -> None:
    assert own_peak_memory() > 10
    assert (peak_memory(os.getpid()) or 0) > 10
    assert cpu_seconds(os.getpid()) > 0


def test_a_process_that_is_not_there_has_no_memory() -> None:
    assert peak_memory(2**22 + 1) is None


def test_only_children_of_a_lower_priority_are_found() -> None:
    wait = (sys.executable, "-c", "import sys; print('begun', flush=True); sys.stdin.read()")
    lower = (sys.executable, "-c", "import os, sys; os.nice(3); print('begun', flush=True); sys.stdin.read()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(wait, **pipes) as same, subprocess.Popen(lower, **pipes) as nice:  # type: ignore[call-overload]
        for process in (same, nice):
            process.stdout.readline()
        found = low_priority_descendants(os.getpid())
        assert nice.pid in found
        assert same.pid not in found
