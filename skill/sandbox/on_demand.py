"""A sandboxed process for what is wanted now and then: begun when it is, kept warm, ended when nobody has asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from skill.jobs.scratch import job_folder, scratch_folder
from skill.sandbox.messages import Entry
from skill.sandbox.process import SandboxedProcess, run_to_end

IDLE_SECONDS: Final = 60.0
"""Seconds after which a process that nobody asks gives its memory back, 0.4 GiB with the models of faces."""
MAX_WAITING: Final = 8
"""Requests that wait for the process."""


class BusyError(Exception):
    """Too many requests wait for the process."""


class Turn(NamedTuple):
    """The process while it serves one request."""

    process: SandboxedProcess
    """The process; it is not ready yet the first time."""
    folder: Path
    """An empty folder for this request alone, in which the process may read and write."""


class _Opened(NamedTuple):
    """A process that was begun."""

    process: SandboxedProcess
    """The process."""
    scratch: Path
    """Its folder."""
    close: ExitStack
    """Deletes the folder."""


class OnDemandProcess:
    """A process that serves one request at a time."""

    def __init__(
        self, entry: Entry, folder: Path, *, seconds: float, idle_seconds: float = IDLE_SECONDS,
        waiting: int = MAX_WAITING, log_level: str = "info", protected: bool = True,
    ) -> None:  # fmt: skip
        """Args:
        entry: what runs in the process.
        folder: for files at work, private; made when missing.
        seconds: that one request may take.
        idle_seconds: after which the process ends.
        waiting: requests that may wait.
        log_level: of the process's log.
        protected: whether the process is confined as far as the system can.
        """
        self._entry, self._folder, self._seconds = entry, folder, seconds
        self._idle_seconds, self._max_waiting = idle_seconds, waiting
        self._log_level, self._protected = log_level, protected
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._opened: _Opened | None = None
        self._idle: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """The process for one request, when those before it are served. Raises BusyError."""
        if self._waiting > self._max_waiting:
            raise BusyError
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                self._stop_idling()
                process, scratch, _ = self._begin()
                try:
                    with job_folder(scratch) as place:
                        yield Turn(process, place)
                finally:
                    self._idle = asyncio.create_task(self._end_when_idle())
        finally:
            self._waiting -= 1

    async def warm(self) -> None:
        """Begin the process, unless it runs, and wait for nothing: a request is likely to come soon."""
        if not self._waiting:
            async with self.turn() as (process, _):
                await process.start()

    async def close(self) -> None:
        """End the process; a request that it answers fails."""
        self._stop_idling()
        await self._end()

    def _begin(self) -> _Opened:
        if self._opened is None:
            close = ExitStack()
            scratch = close.enter_context(scratch_folder(self._folder))
            process = SandboxedProcess(
                self._entry, scratch, seconds=self._seconds, log_level=self._log_level, protected=self._protected
            )
            self._opened = _Opened(process, scratch, close)
        return self._opened

    async def _end(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            with opened.close:
                await opened.process.kill()

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        await run_to_end(self._end())

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
