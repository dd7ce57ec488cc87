"""The worker's end of its rendering process: one order at a time; a process that dies is noticed and replaced."""

from __future__ import annotations

import asyncio
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from pipeline.run import Wish
from pipeline.steps import OnStep
from skill.jobs import child
from skill.jobs.outcome import Failed, Outcome
from skill.jobs.through import through

_SPAWN: Final = get_context("spawn")  # forking a process with threads copies locks that nobody opens again


class Renderer:
    """Renders in a process of its own, begun with the first order (or `start`) and kept.

    `animate`: "module:function" of skill.jobs.outcome.Animate. `scratch`: the folder that the process deletes when
    this one dies. `limit`: seconds that one render may take. `log_level`: of its log, JSON lines on stdout.
    """

    def __init__(self, animate: str, scratch: Path, *, limit: float, log_level: str = "info") -> None:
        self._animate, self._scratch, self._limit, self._log_level = animate, scratch, limit, log_level
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    async def start(self) -> None:
        """Begin the process, unless it runs: it imports what it needs while no job is there."""
        await self._running()

    async def render(self, job: str, source: Path, wish: Wish, out: Path, on_step: OnStep) -> Outcome:
        """How it ended; a process that died or took longer than its limit has `crashed`. A cancelled render's process
        is killed."""
        try:
            pipe = await self._running()
            order: child.Order = (job, source, wish, out)
            pipe.send(order)
            async with asyncio.timeout(self._limit):
                return await self._answer(pipe, on_step)
        except (EOFError, OSError) as error:  # TimeoutError is an OSError
            await self.kill()
            return Failed("crashed", again=True, where="too long" if isinstance(error, TimeoutError) else "died")
        except BaseException:
            await self.kill()
            raise

    async def kill(self) -> None:
        """End the process at once; the next render begins a new one."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is not None and process.pid is not None:
            process.kill()
            await through(asyncio.to_thread(_reap, process))

    async def _running(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        await self.kill()
        ours, theirs = _SPAWN.Pipe()
        given = (theirs, self._animate, self._scratch, self._log_level)
        process = _SPAWN.Process(target=child.main, args=given, name="ozhivi-render", daemon=True)
        self._process, self._pipe = process, ours
        try:
            await through(asyncio.to_thread(process.start))
        finally:
            theirs.close()
        return ours

    async def _answer(self, pipe: Connection, on_step: OnStep) -> Outcome:
        while True:
            await _readable(pipe)
            message: child.Message = pipe.recv()  # a few bytes written at once: they are all there
            if not isinstance(message, tuple):
                return message
            on_step(*message)


def _reap(process: SpawnProcess) -> None:
    process.join()
    process.close()


async def _readable(pipe: Connection) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(pipe.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(pipe.fileno())
