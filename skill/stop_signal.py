"""The signal that stops a process: heard whatever else goes on, and obeyed in time whatever hangs."""

from __future__ import annotations

import asyncio
import os
import signal
from threading import Timer
from types import FrameType
from typing import Final

import structlog

STOP_SECONDS: Final = 19.5
"""Seconds after the signal at which a process ends in any case, a little less than the 20 s that are promised."""
_KILLED: Final = 70
"""Exit code of a process that something kept from ending: EX_SOFTWARE."""

log: Final = structlog.get_logger(__name__)


def stop_on_signal(*, kill_after: float | None = None) -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, in the main thread.

    The event loop's own handler learns of a signal by a byte in a pipe, which is lost where hundreds of threads have
    filled that with theirs.

    Args:
        kill_after: Seconds after the first signal at which the process ends whatever hangs: a thread in a decoder, a
            disk. None for never.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    timers: list[Timer] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        if loop.is_closed():  # the process is about to end: now it does
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            return
        loop.call_soon_threadsafe(stop.set)
        if kill_after is not None and not timers:
            timers.append(Timer(kill_after, _end_process))
            timers[0].daemon = True
            timers[0].start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop


def _end_process() -> None:
    log.error("stop_forced")
    os._exit(_KILLED)
