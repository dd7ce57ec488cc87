"""The worker's end of its rendering process: one order at a time; a process that dies is noticed and replaced."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import signal
from collections.abc import Coroutine
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar

from structlog.contextvars import bound_contextvars

from pipeline.errors import MotionError, PipelineError
from pipeline.progress import OnStep
from pipeline.run import Wish
from skill.jobs.model import Animate, Failed, Outcome, Refusal, Rendered, failure, where
from skill.logs import configure

_SPAWN: Final = get_context("spawn")  # forking a process with threads copies locks that nobody opens again


class Renderer:
    """Renders in a process of its own, begun with the first order (or `start`) and kept.

    `animate`: "module:function" of skill.jobs.model.Animate. `scratch`: the folder that the process deletes when
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
            order: Order = (job, source, wish, out)
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
        process = _SPAWN.Process(target=main, args=given, name="ozhivi-render", daemon=True)
        self._process, self._pipe = process, ours
        try:
            await through(asyncio.to_thread(process.start))
        finally:
            theirs.close()
        return ours

    async def _answer(self, pipe: Connection, on_step: OnStep) -> Outcome:
        while True:
            await _readable(pipe)
            message: Message = pipe.recv()  # a few bytes written at once: they are all there
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


Order = tuple[str, Path, Wish, Path]  # job, photo, wish, out
Message = tuple[str, float] | Outcome  # (step, share), and at last how it ended


def main(pipe: Connection, animate: str, scratch: Path, log_level: str) -> None:
    """Render one order after the other until the pipe is closed. `animate`: "module:function"."""
    configure(log_level)  # a new process knows nothing of the worker's log; its lines carry the job's id
    _stay_small()
    watch = Thread(target=_end_with_parent, args=(scratch,), daemon=True)
    watch.start()
    module, _, name = animate.partition(":")
    function: Animate = getattr(importlib.import_module(module), name)
    try:
        while True:
            order: Order = pipe.recv()
            with bound_contextvars(job=order[0]):
                pipe.send(_outcome(pipe, function, order))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        watch.join(5.0)  # a worker that was killed closes the pipe too: the photo is deleted before we end


def _outcome(pipe: Connection, animate: Animate, order: Order) -> Outcome:
    _, source, wish, out = order
    try:
        return Rendered(tuple(animate(source, wish, out, lambda step, share: pipe.send((step, float(share))))))
    except PipelineError as error:
        return Refusal(error.reason.value, error.cause)
    except MotionError as error:
        return Failed("wish", again=False, where=where(error))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001  (whatever one photo does, the next one is rendered)
        return failure(error)


def _stay_small() -> None:
    """The first to go when memory ends, the last to get a core that the server wants."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # sent to the whole group; the worker decides how a job ends
    os.nice(5)
    with suppress(OSError):  # not on every system
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_parent(scratch: Path) -> None:
    """A worker that was killed leaves nothing: no process, no photo on the disk."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)


_T = TypeVar("_T")


async def through(work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` gives. A cancellation is heard after it is done; an error of `work` goes first."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await task
        raise
