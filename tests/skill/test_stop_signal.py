"""The signal that stops a process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest

from skill.stop_signal import STOP_SECONDS, stop_on_signal

HANGING = """
import asyncio, signal, threading, time
from skill.stop_signal import stop_on_signal

async def main():
    stop = stop_on_signal(kill_after=1.0)
    threading.Thread(target=time.sleep, args=(250,)).start()  # as a decoder that does not come back
    signal.raise_signal(signal.SIGTERM)
    await stop.wait()

asyncio.run(main())
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_is_heard_while_threads_fill_the_pipe_of_the_loop(number: signal.Signals) -> None:
    stop, loop = stop_on_signal(), asyncio.get_running_loop()
    for _ in range(5000):  # as that many threads would that end while the loop is busy
        loop.call_soon_threadsafe(lambda: None)
    signal.raise_signal(number)
    async with asyncio.timeout(60):
        await stop.wait()


def test_a_process_ends_in_time_whatever_hangs() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=200, check=False)
    assert (done.returncode, "stop_forced" in done.stdout) == (70, True)
    assert STOP_SECONDS < 20
