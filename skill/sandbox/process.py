"""The parent's end of a process that touches strangers' bytes: one request at a time; who dies is replaced."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from skill.sandbox.environment import clean_environment
from skill.sandbox.messages import ANSWER, LENGTH, READY, REPORT, Entry, Setup
from skill.sandbox.protections import missing_protections

MAX_LINE: Final = 4 * 2**20
"""Bytes of the longest line that is taken from the process: the picture of a photo's faces has some 300,000."""
MAX_REPORTS: Final = 20_000
"""Reports that are taken before an answer: a render has one a frame, some hundreds."""
START_SECONDS: Final = 60.0
"""Seconds in which the process has to be ready; it takes one, longer on a busy machine."""

_T = TypeVar("_T")

log: Final = structlog.get_logger(__name__)


class ProcessDiedError(Exception):
    """The process has ended in the middle of an answer, or has said what it never says."""


class SandboxedProcess:
    """A process that answers requests, begun with the first one (or `start`) and kept until `kill`."""

    def __init__(
        self, entry: Entry, folder: Path, *, seconds: float, log_level: str = "info", protected: bool = True
    ) -> None:
        """Args:
        entry: the function that answers.
        folder: the process's own folder, the only one in which it may write; deleted by it when this process dies.
        seconds: that an answer may take; the caller ends it sooner by a timeout.
        log_level: of the process's log, JSON lines on stdout.
        protected: whether the protections are switched on that this system has.
        """
        self._setup = Setup(entry, folder, log_level, seconds, protected)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._life = -1
        self._ready = False
        self.protections: tuple[str, ...] = ()
        """The protections that the process has switched on, as soon as it is ready."""

    async def start(self) -> None:
        """Begin the process, unless it runs; it gets ready while nobody waits."""
        if self._process is None or self._process.poll() is not None:
            await self.kill()
            await run_to_end(self._begin())

    async def wait_ready(self) -> None:
        """Begin the process, unless it runs, and wait until it is ready.

        Raises:
            ProcessDiedError: it has ended.
            TimeoutError: it takes longer than START_SECONDS.
        """
        async with self._killed_by_errors():
            await self._get_ready()

    async def ask(self, request: Any, on_report: Callable[[Any], None] = lambda value: None) -> Any:
        """Have one request answered. Where this is cancelled, runs into a timeout or fails, the process is killed.

        Args:
            request: sent by pickle.
            on_report: called with each value that the process reports before its answer.

        Returns:
            The answer: what JSON can hold, of a shape that a process which was taken over chooses.

        Raises:
            ProcessDiedError: it has ended, or broke the rules.
        """
        async with self._killed_by_errors():
            await self._get_ready()
            await self._send(request)
            for _ in range(MAX_REPORTS):
                key, value = await self._line()
                if key == ANSWER:
                    return value
                if key != REPORT:
                    raise ProcessDiedError("no answer")
                on_report(value)
                await asyncio.sleep(0)  # a process that floods us must not keep the loop from others
            raise ProcessDiedError("too many reports")

    async def kill(self) -> None:
        """End the process at once; the next request begins a new one."""
        process, writer, life = self._process, self._writer, self._life
        self._process, self._writer, self._reader, self._life, self._ready = None, None, None, -1, False
        if writer is not None:
            writer.transport.abort()
        try:
            if process is not None:
                process.kill()
                await run_to_end(asyncio.to_thread(process.wait))
        finally:
            if life >= 0:  # not before: the process would take it for our death and delete its folder
                os.close(life)

    @asynccontextmanager
    async def _killed_by_errors(self) -> AsyncIterator[None]:
        """Whatever ends the block ends the process: its next line would answer another request."""
        try:
            yield
        except (EOFError, OSError, ValueError, RecursionError) as error:
            await self.kill()
            if isinstance(error, TimeoutError):
                raise
            raise ProcessDiedError(type(error).__name__) from None
        except BaseException:
            await self.kill()
            raise

    async def _get_ready(self) -> None:
        await self.start()
        if self._ready:
            return
        async with asyncio.timeout(START_SECONDS):
            key, value = await self._line()
        if key != READY or not isinstance(value, list):
            raise ProcessDiedError("not ready")
        self._ready, self.protections = True, tuple(map(str, value))
        if missing := missing_protections(self.protections):
            log.warning("sandbox_incomplete", missing=missing)

    async def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        life_end, self._life = os.pipe()
        try:
            command = [sys.executable, "-P", "-m", "skill.sandbox.child", str(theirs.fileno()), str(life_end)]
            self._process = await asyncio.to_thread(
                subprocess.Popen,
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), life_end),
                cwd=self._setup.folder,
                start_new_session=True,  # it has no terminal into which it could type
                env=clean_environment(self._setup.folder),
            )
            self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=MAX_LINE)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            os.close(life_end)
        await self._send(self._setup)

    async def _send(self, value: Any) -> None:
        data = pickle.dumps(value)
        assert self._writer is not None
        self._writer.write(LENGTH.pack(len(data)) + data)
        await self._writer.drain()

    async def _line(self) -> tuple[str, Any]:
        """A line of the process: its key and its value."""
        assert self._reader is not None
        line = await self._reader.readline()  # ValueError: longer than MAX_LINE
        if not line.endswith(b"\n"):
            raise EOFError
        message = json.loads(line)
        if not isinstance(message, dict) or len(message) != 1:
            raise ProcessDiedError("an odd line")
        return next(iter(message.items()))


async def run_to_end(work: Coroutine[Any, Any, _T]) -> _T:
    """The result of work that must not be cut in the middle: a cancellation waits until it is over; its error goes
    first."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await task
        raise
