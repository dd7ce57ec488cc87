"""The rendering process of a worker, and the worker's end of it: one photo at a time; who dies is replaced."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple, TypeVar

from structlog.contextvars import bound_contextvars

from pipeline.errors import MotionError, PipelineError
from pipeline.progress import OnStep
from pipeline.run import Wish
from skill.jobs.model import Animate, Failed, Outcome, Refusal, Rendered, failure, where
from skill.logs import configure

_SPAWN: Final = get_context("spawn")  # forking a process with threads copies locks that nobody opens again
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RenderEntry:
    """The function with which a rendering process begins: given the options, it returns what renders a photo."""

    function: str
    """Its name as "module:function", imported in the rendering process only; an `OpenAnimate`."""
    options: Any = None
    """Its argument; sent to the process by pickle."""


OpenAnimate = Callable[[Any], Animate]
"""Options → the function that renders one photo after the other."""


class _Order(NamedTuple):
    """A photo to render."""

    job: str
    """Id of the job, for the log."""
    photo: Path
    """The photo's file."""
    wish: Wish
    """Movement, size and formats."""
    out: Path
    """Path of the clip, without a suffix."""


class _StepReport(NamedTuple):
    """A render's progress."""

    step: str
    """One of pipeline.run.STEPS."""
    share: float
    """Part of it that is done, 0..1."""


_Message = _StepReport | Outcome


class RenderProcess:
    """A process that renders for one worker, begun with the first order (or `start`) and kept."""

    def __init__(self, entry: RenderEntry, scratch: Path, *, limit: float, log_level: str = "info") -> None:
        """Args:
        entry: what runs in the process.
        scratch: the folder that the process deletes when this one dies.
        limit: seconds that one render may take.
        log_level: of the process's log, JSON lines on stdout.
        """
        self._entry, self._scratch, self._limit, self._log_level = entry, scratch, limit, log_level
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    async def start(self) -> None:
        """Begin the process, unless it runs: it imports what it needs while no job is there."""
        await self._running()

    async def render(self, job: str, photo: Path, wish: Wish, out: Path, on_step: OnStep) -> Outcome:
        """Render one photo; when this is cancelled, the process is killed.

        Args:
            job: id of the job, for the log.
            photo: the photo's file.
            wish: movement, size and formats.
            out: path of the clip, without a suffix.
            on_step: called with the step and the part of it that is done, 0..1.

        Returns:
            The outcome; `Failed("crashed")` of a process that died or took longer than its limit.
        """
        try:
            pipe = await self._running()
            pipe.send(_Order(job, photo, wish, out))
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
            await run_to_end(asyncio.to_thread(_reap, process))

    async def _running(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        await self.kill()
        ours, theirs = _SPAWN.Pipe()
        arguments = (theirs, self._entry, self._scratch, self._log_level)
        process = _SPAWN.Process(target=main, args=arguments, name="ozhivi-render", daemon=True)
        self._process, self._pipe = process, ours
        try:
            await run_to_end(asyncio.to_thread(process.start))
        finally:
            theirs.close()
        return ours

    async def _answer(self, pipe: Connection, on_step: OnStep) -> Outcome:
        while True:
            await _readable(pipe)
            message: _Message = pipe.recv()  # a few bytes written at once: they are all there
            if not isinstance(message, _StepReport):
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


def main(pipe: Connection, entry: RenderEntry, scratch: Path, log_level: str) -> None:
    """Render one order after the other until the pipe is closed; this is all that the process does."""
    configure(log_level)  # a new process knows nothing of the worker's log; its lines carry the job's id
    _stay_small()
    watch = Thread(target=_end_with_parent, args=(scratch,), daemon=True)
    watch.start()
    module, _, name = entry.function.partition(":")
    open_animate: OpenAnimate = getattr(importlib.import_module(module), name)
    animate = open_animate(entry.options)
    try:
        while True:
            order: _Order = pipe.recv()
            with bound_contextvars(job=order.job):
                pipe.send(_outcome(pipe, animate, order))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        watch.join(5.0)  # a worker that was killed closes the pipe too: the photo is deleted before we end


def _outcome(pipe: Connection, animate: Animate, order: _Order) -> Outcome:
    def on_step(step: str, share: float) -> None:
        pipe.send(_StepReport(step, float(share)))

    try:
        return Rendered(tuple(animate(order.photo, order.wish, order.out, on_step)))
    except PipelineError as error:
        return Refusal(error.reason.value, error.cause)
    except MotionError as error:
        return Failed("wish", where=where(error))
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
