"""A worker: takes one job after the other, keeps its lease, gives it back when it has to stop."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import monotonic, perf_counter
from typing import Final

import structlog

from skill.credentials.signing import Sign, leave_unsigned
from skill.database.errors import DatabaseDownError
from skill.jobs.attempt import Attempt, Progress, cancel
from skill.jobs.housekeeping import tidy
from skill.jobs.model import Deferred, Done, Failed, Job, JobState, Outcome, Refusal, Rendered
from skill.jobs.queue import ATTEMPTS, JobQueue
from skill.jobs.render_process import RenderEntry, RenderProcess
from skill.jobs.scratch import job_folder, scratch_folder
from skill.media.store import MediaError, MediaStore
from skill.sandbox.deadline import DECODE_SECONDS
from skill.tracing.spans import span

_LOST: Final = Deferred("lost")

log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerTiming:
    """Times of a worker, in seconds."""

    lease: float = 30.0
    """Seconds that a job stays with a worker that is not heard of."""
    beat: float = 1.0
    """Seconds between two signs of life; a third of the lease where that is less."""
    poll: float = 0.2
    """Seconds between two looks at an empty queue."""
    grace: float = 10.0  # of the 20 s in which a stop has to be over; closing all takes some on a busy machine
    """Seconds that a job in hand may go on after the stop."""
    report: float = 2.0
    """Seconds after those in which the queue is told of its end."""
    limit: float = 300.0
    """Seconds that one render may take; a photo that takes longer is not tried again."""
    decode: float = DECODE_SECONDS
    """Seconds of them that decoding may take; then the photo is refused."""
    pause: float = 1.0
    """Seconds of the pause after the first failure of queue or store; doubled with each that follows."""
    longest: float = 30.0
    """Seconds of the longest such pause."""


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """The end of an attempt, for metrics."""

    state: JobState
    """State of the job afterwards: WAITING where it was given back, DELETED where it was lost."""
    reason: str
    """Reason of a refusal, without its cause, or of a failure; "hindered" where it was no fault of the job."""
    seconds: float
    """Seconds from the lease to the end."""
    steps: dict[str, float] = field(default_factory=dict)
    """Seconds by step."""


class Worker:
    """Renders one job at a time in a process of its own; several workers make several."""

    def __init__(
        self,
        queue: JobQueue,
        store: MediaStore,
        entry: RenderEntry,
        *,
        folder: Path,
        keep: float,
        timing: WorkerTiming | None = None,
        on_end: Callable[[AttemptReport], None] = lambda report: None,
        log_level: str = "info",
        protected: bool = True,
        sign: Sign = leave_unsigned,
    ) -> None:
        """Args:
        queue: where the jobs are.
        store: where their photos and results are.
        entry: what runs in the rendering process.
        folder: for photos at work, private, on a local disk or tmpfs; made when missing.
        keep: seconds that results are stored.
        timing: seconds of this and that.
        on_end: called after every attempt.
        log_level: of the rendering process.
        protected: whether the rendering process is confined as far as the system can.
        sign: gives finished files their credentials, in this process.
        """
        self._queue, self._store, self._entry = queue, store, entry
        self._folder, self._keep, self._timing, self._on_end = folder, keep, timing or WorkerTiming(), on_end
        self._log_level, self._protected, self._sign = log_level, protected, sign
        self._name = secrets.token_hex(8)
        self._report_by = inf  # of the monotonic clock, once there is a stop
        self._failures = 0  # of queue or store, one after the other

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a job in hand is finished within `grace` or given back. Errors of queue and store
        are waited out."""
        with scratch_folder(self._folder) as scratch:
            timing = self._timing
            process = RenderProcess(
                self._entry,
                scratch,
                limit=timing.limit,
                decode_limit=timing.decode,
                log_level=self._log_level,
                protected=self._protected,
            )
            await process.start()
            try:
                # a job would only wait for the process, here and not with another worker
                await self._wait_ready(process, stop)
                while not stop.is_set():
                    pause = await self._next(process, scratch, stop)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), pause)
            finally:
                await process.kill()

    @staticmethod
    async def _wait_ready(process: RenderProcess, stop: asyncio.Event) -> None:
        ready, stopped = asyncio.ensure_future(process.wait_ready()), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            stopped.cancel()
            await asyncio.wait({ready, stopped})

    async def _next(self, process: RenderProcess, scratch: Path, stop: asyncio.Event) -> float:
        """Take a job and end it; seconds to wait before the next one."""
        timing = self._timing
        try:
            job = await self._queue.lease(self._name, timing.lease)
            if job is None:
                return timing.poll
            if stop.is_set():  # it came while the queue was asked
                await self._queue.give_back(job.id, self._name)
                return 0.0
            failed = await self._serve(job, process, scratch, stop)
        except DatabaseDownError as error:
            log.warning("queue_down", reason=type(error).__name__)
            failed = True
        self._failures = self._failures + 1 if failed else 0
        return min(timing.longest, timing.pause * 2 ** (self._failures - 1)) if failed else 0.0

    async def _serve(self, job: Job, process: RenderProcess, scratch: Path, stop: asyncio.Event) -> bool:
        """Do one job, as a part of what it was asked for in; whether queue or store failed."""
        with span("job", {"ozhivi.job": job.id, "ozhivi.attempt": job.attempts}, parent=job.trace) as one:
            outcome, report = await self._render(job, process, scratch, stop)
            failed = isinstance(outcome, Failed | Deferred)
            one.note({"ozhivi.state": report.state, "ozhivi.reason": report.reason}, failed=failed)
        if report.state.ended:
            await self._tidy()
        return isinstance(outcome, Deferred) and outcome is not _LOST

    async def _render(
        self, job: Job, process: RenderProcess, scratch: Path, stop: asyncio.Event
    ) -> tuple[Outcome, AttemptReport]:
        """One attempt at a job, reported to the queue, the log and the metrics."""
        log.info("job_begun", job=job.id, attempt=job.attempts)
        began = perf_counter()
        with job_folder(scratch) as folder:
            attempt = Attempt(job, self._store, process, folder, keep=self._keep, sign=self._sign)
            outcome, state = await self._attempt(job, attempt, stop)
        if state is JobState.DELETED or not isinstance(outcome, Rendered):
            await attempt.delete_results()
        report = AttemptReport(state, _reason(outcome), perf_counter() - began, attempt.progress.seconds)
        _log_end(job, outcome, report)
        self._on_end(report)
        return outcome, report

    async def _attempt(self, job: Job, attempt: Attempt, stop: asyncio.Event) -> tuple[Outcome, JobState]:
        """Render until it is done, the lease is lost, or the time after the stop is over, and report that to the queue;
        the job's state afterwards, DELETED where it is not ours any more."""
        render = asyncio.create_task(attempt.run())
        renewal = asyncio.create_task(self._renew(job, attempt.progress))
        deadline = asyncio.create_task(self._deadline(stop))
        try:
            await asyncio.wait({render, renewal, deadline}, return_when=asyncio.FIRST_COMPLETED)
            lost = renewal.done() and not render.done()
            outcome: Outcome = render.result() if render.done() else _LOST if lost else Deferred("stopped")
            await cancel(render)
            return outcome, JobState.DELETED if lost else await self._end(job, attempt, outcome)
        except BaseException:  # also a cancellation: the job is not kept from others until its lease ends
            await cancel(render)
            await attempt.delete_results()
            with suppress(DatabaseDownError):
                await self._queue.give_back(job.id, self._name)
            raise
        finally:
            for task in (renewal, deadline):
                task.cancel()

    async def _end(self, job: Job, attempt: Attempt, outcome: Outcome) -> JobState:
        """Report to the queue; DELETED when the job is not ours any more. Raises DatabaseDownError."""
        queue, name = self._queue, self._name
        match outcome:
            case Rendered(remark=remark):
                state = JobState.DONE
                taken = await self._insist(lambda: queue.finish(job.id, name, Done(tuple(attempt.results), remark)))
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
        """Ask a queue that may be down until the lease would end, or a stop has to be over; its work is not thrown away
        for a short trouble."""
        last = monotonic() + self._timing.lease
        while True:
            try:
                return await ask()
            except DatabaseDownError:
                if monotonic() > min(last, self._report_by):
                    raise
                await asyncio.sleep(min(1.0, self._timing.pause))

    async def _renew(self, job: Job, progress: Progress) -> None:
        """Keep the lease; returns when it is lost: the job was deleted, or another has it."""
        pause, lease = min(self._timing.beat, self._timing.lease / 3), self._timing.lease
        while True:
            await asyncio.sleep(pause)
            with suppress(DatabaseDownError):  # whether the lease is lost is seen when the queue is back
                if not await self._queue.renew(job.id, self._name, lease, step=progress.step, share=progress.share):
                    return

    async def _deadline(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._report_by = monotonic() + self._timing.grace + self._timing.report
        await asyncio.sleep(self._timing.grace)

    async def _tidy(self) -> None:
        with suppress(DatabaseDownError, MediaError):  # housekeeping does it later
            await tidy(self._queue, self._store)


def _log_end(job: Job, outcome: Outcome, report: AttemptReport) -> None:
    seconds = round(report.seconds, 3)
    if report.state is JobState.DELETED:
        log.info("job_lost", job=job.id, seconds=seconds)
    elif isinstance(outcome, Failed | Deferred):
        log.warning("job_hindered", job=job.id, reason=report.reason, where=outcome.where, seconds=seconds)
    else:
        reason = str(outcome) if isinstance(outcome, Refusal) else "done"
        log.info("job_ended", job=job.id, reason=reason, seconds=seconds)


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Refusal(reason) | Failed(reason):
            return reason
        case Deferred():
            return "hindered"
    return ""
