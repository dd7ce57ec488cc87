"""Limits of a process: that of the processor ends one that is left alone in a decoder."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

BUSY = """
from skill.sandbox.limits import allow_processor, limit_resources
import os
os.cpu_count = lambda: 1
limit_resources()
limit_resources()
allow_processor(0.01)
while True:
    pass
"""


def test_a_process_that_computes_for_too_long_is_ended() -> None:
    ended = subprocess.run([sys.executable, "-c", BUSY], cwd=ROOT, timeout=30, check=False)
    assert ended.returncode == -signal.SIGXCPU
