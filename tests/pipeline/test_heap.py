"""Tests of the heap's settings, in processes of their own: a setting holds for the whole process."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PAGES = """
import resource
import numpy as np
from pipeline.heap import keep_freed_memory

if {keep}:
    assert keep_freed_memory()
[np.ones(16 * 2**20, np.uint8) for _ in range(6)]
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    [np.ones(16 * 2**20, np.uint8) for _ in range(6)]
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def count_new_pages(*, keep: bool) -> int:
    """Pages that six arrays of 16 MiB, made ten times after a first, take from the system."""
    command = [sys.executable, "-c", PAGES.format(keep=keep)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's setting")
def test_arrays_take_the_memory_that_was_freed() -> None:
    kept, given_back = count_new_pages(keep=True), count_new_pages(keep=False)
    assert kept < 100
    assert given_back > 10 * max(kept, 10)


HELD = """
from pathlib import Path
import numpy as np
from pipeline.heap import give_back_freed_memory, keep_freed_memory

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

assert keep_freed_memory()
[np.ones(16 * 2**20, np.uint8) for _ in range(6)]
before = held()
give_back_freed_memory()
print(before - held())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's setting")
def test_freed_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 60 * 2**20
