"""A worker: takes one job after the other, keeps its lease, gives it back when it has to stop."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter
from typing import Final

import structlog

from skill.jobs.attempt import Attempt, Progress, stopped
from skill.jobs.housekeeping import tidy
from skill.jobs.model import Deferred, Done, Failed, Job, JobState, Outcome, Refusal, Rendered
from skill.jobs.queue import ATTEMPTS, JobQueue, QueueDownError, QueueError
from skill.jobs.render_process import Renderer
from skill.jobs.scratch import room, scratch
from skill.media.store import MediaError, MediaStore

log: Final = structlog.get_logger(__name__)

RENDER: Final = "skill.render_job:render"


@dataclass(frozen=True, slots=True)
class WorkerTiming:
    """Seconds. `lease`: how long a job stays with a worker that is not heard of. `beat`: between two signs of life, at
    most a third of the lease. `poll`: between two looks at an empty queue. `grace`: a job in hand may go on after the
    stop. `limit`: one render may take. `pause`: first one after a failure of queue or store, doubled up to
    `longest`."""

    lease: float = 30.0
    beat: float = 1.0
    poll: float = 0.2
    grace: float = 18.0  # of the 20 s in which a stop has to be over
    limit: float = 300.0
    pause: float = 1.0
    longest: float = 30.0


@dataclass(frozen=True, slots=True)
class Ended:
    """For metrics: how an attempt ended; WAITING where the job was given back. `reason`: without a refusal's cause.
    `steps`: seconds by step."""

    state: JobState
    reason: str
    seconds: float
    steps: dict[str, float] = field(default_factory=dict)


class Worker:
    """Renders one job at a time in a process of its own; several workers make several.

    `animate`: "module:function" of skill.jobs.model.Animate, imported there. `folder`: for photos at work, private,
    on a local disk or tmpfs. `keep`: seconds that results are stored. `on_end` hears of every attempt.
    `log_level`: of the rendering process.
    """

    def __init__(
        self,
        queue: JobQueue,
        store: MediaStore,
        animate: str = RENDER,
        *,
        folder: Path,
        keep: float,
        pace: WorkerTiming | None = None,
        on_end: Callable[[Ended], None] = lambda ended: None,
        log_level: str = "info",
    ) -> None:
        self._queue, self._store, self._animate = queue, store, animate
        self._folder, self._keep, self._pace, self._on_end = folder, keep, pace or WorkerTiming(), on_end
        self._log_level = log_level
        self._name = secrets.token_hex(8)
        self._hindered = 0  # failures of queue or store one after the other

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a job in hand is finished within `grace` or given back. Errors of queue and store
        are waited out."""
        with scratch(self._folder) as folder:
            renderer = Renderer(self._animate, folder, limit=self._pace.limit, log_level=self._log_level)
            await renderer.start()
            try:
                while not stop.is_set():
                    pause = await self._next(renderer, folder, stop)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), pause)
            finally:
                await renderer.kill()

    async def _next(self, renderer: Renderer, folder: Path, stop: asyncio.Event) -> float:
        """Take a job and end it; seconds to wait before the next one."""
        try:
            job = await self._queue.lease(self._name, self._pace.lease)
            if job is None:
                return self._pace.poll
            hindered = await self._serve(job, renderer, folder, stop)
        except QueueError as error:
            log.warning("queue_down", reason=type(error).__name__)
            hindered = True
        self._hindered = self._hindered + 1 if hindered else 0
        return min(self._pace.longest, self._pace.pause * 2 ** (self._hindered - 1)) if hindered else 0.0

    async def _serve(self, job: Job, renderer: Renderer, folder: Path, stop: asyncio.Event) -> bool:
        """Whether queue or store hindered it."""
        log.info("job_begun", job=job.id, attempt=job.attempts)
        began = perf_counter()
        with room(folder) as place:
            attempt = Attempt(job, self._store, renderer, place, keep=self._keep)
            work = asyncio.create_task(attempt.run())
            beat = asyncio.create_task(self._beat(job, attempt.progress))
            late = asyncio.create_task(self._late(stop))
            try:
                await asyncio.wait({work, beat, late}, return_when=asyncio.FIRST_COMPLETED)
                lost = beat.done() and not work.done()
                outcome: Outcome = work.result() if work.done() else Deferred("lost" if lost else "stopped")
                await stopped(work)
                state = JobState.DELETED if lost else await self._end(job, attempt, outcome)
            except BaseException:  # also a cancellation: the job is not kept from others until its lease ends
                await stopped(work)
                await attempt.drop()
                with suppress(QueueError):
                    await self._queue.give_back(job.id, self._name)
                raise
            finally:
                for task in (beat, late):
                    task.cancel()
        if state is JobState.DELETED or not isinstance(outcome, Rendered):
            await attempt.drop()
        self._tell(
            job, state, outcome, Ended(state, _reason(outcome), perf_counter() - began, attempt.progress.seconds)
        )
        if state.ended:
            await self._tidy()
        return isinstance(outcome, Deferred) and not lost

    async def _end(self, job: Job, attempt: Attempt, outcome: Outcome) -> JobState:
        """Tell the queue; DELETED when the job is not ours any more. Raises QueueDownError."""
        queue, name = self._queue, self._name
        match outcome:
            case Rendered():
                state = JobState.DONE
                taken = await self._insist(lambda: queue.finish(job.id, name, Done(tuple(attempt.results))))
            case Refusal():
                state = JobState.REFUSED
                taken = await self._insist(lambda: queue.finish(job.id, name, outcome))
            case Failed() if not outcome.again or job.attempts >= ATTEMPTS:
                state = JobState.FAILED
                taken = await self._insist(lambda: queue.finish(job.id, name, outcome))
            case _:
                state, counted = JobState.WAITING, isinstance(outcome, Failed)
                taken = await self._insist(lambda: queue.give_back(job.id, name, counted=counted))
        return state if taken else JobState.DELETED

    async def _insist(self, ask: Callable[[], Awaitable[bool]]) -> bool:
        """Ask a queue that may be down until the lease would end; its work is not thrown away for a short trouble."""
        last = monotonic() + min(self._pace.lease, self._pace.grace)
        while True:
            try:
                return await ask()
            except QueueDownError:
                if monotonic() > last:
                    raise
                await asyncio.sleep(min(1.0, self._pace.pause))

    async def _beat(self, job: Job, progress: Progress) -> None:
        """Returns when the lease is lost: the job was deleted, or another has it."""
        pause = min(self._pace.beat, self._pace.lease / 3)
        while True:
            await asyncio.sleep(pause)
            with suppress(QueueDownError):  # whether the lease is lost is seen when the queue is back
                if not await self._queue.renew(
                    job.id, self._name, self._pace.lease, step=progress.step, share=progress.share
                ):
                    return

    async def _late(self, stop: asyncio.Event) -> None:
        await stop.wait()
        await asyncio.sleep(self._pace.grace)

    async def _tidy(self) -> None:
        with suppress(QueueError, MediaError):  # housekeeping does it later
            await tidy(self._queue, self._store)

    def _tell(self, job: Job, state: JobState, outcome: Outcome, ended: Ended) -> None:
        seconds = round(ended.seconds, 3)
        if state is JobState.DELETED:
            log.info("job_lost", job=job.id, seconds=seconds)
        elif isinstance(outcome, Failed | Deferred):
            log.warning("job_hindered", job=job.id, reason=ended.reason, where=outcome.where, seconds=seconds)
        else:
            reason = str(outcome) if isinstance(outcome, Refusal) else "done"
            log.info("job_ended", job=job.id, reason=reason, seconds=seconds)
        self._on_end(ended)


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Refusal(reason) | Failed(reason):
            return reason
        case Deferred():
            return "hindered"
    return ""
