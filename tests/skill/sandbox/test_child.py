"""The sandboxed process when its parent dies: it ends, and deletes the photo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import asyncio, sys
from pathlib import Path
from skill.sandbox.process import SandboxedProcess
from tests.skill.sandbox.answers import answering

async def main():
    process = SandboxedProcess(answering("sleep"), Path(sys.argv[1]), seconds=60)
    await process.wait_ready()
    print(process._process.pid, flush=True)
    await process.ask([("decode", 60)])

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent_and_deletes_the_photo(folder: Path, number: signal.Signals) -> None:
    (folder / "photo").write_bytes(b"photo")
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[3])
    }  # the child imports an answer of the tests
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, env=environment)
    with parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{int(parent.stdout.readline())}")
        parent.send_signal(number)
    until = time.monotonic() + 60
    while (child.exists() or folder.exists()) and time.monotonic() < until:
        time.sleep(0.02)
    assert not folder.exists()
    assert not child.exists()
