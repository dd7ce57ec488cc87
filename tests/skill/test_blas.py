"""One thread of OpenBLAS in `serve`, `worker` and what they begin."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import sys, types

def begin(*_, **__):
    assert "numpy" not in sys.modules, "it has begun its threads already"
    import os
    from pathlib import Path
    import numpy
    from skill.sandbox.environment import clean_environment
    print(len(os.listdir("/proc/self/task")), clean_environment(Path("."))["OPENBLAS_NUM_THREADS"])

sys.modules["skill.cli.service"] = types.SimpleNamespace(start_service=begin, start_worker=begin)
from skill.cli.main import main
main()
"""


@pytest.mark.parametrize(("command", "given", "threads"), [("serve", "", 1), ("worker", "", 1), ("serve", "2", 2)])
def test_one_thread_unless_the_operator_says_otherwise(command: str, given: str, threads: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS_", "OMP_"))}
    if given:
        environment["OPENBLAS_NUM_THREADS"] = given
    order = [sys.executable, "-c", _PROGRAM, command]
    done = subprocess.run(order, env=environment, capture_output=True, text=True, check=True)
    running, passed_on = done.stdout.split()
    assert (int(running), passed_on) == (min(threads, os.cpu_count() or 1), f"{threads}")
