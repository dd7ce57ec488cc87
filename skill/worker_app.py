"""The composition of a worker: inside the service, or by itself as `ozhivi worker`. It goes on whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from aiohttp import web

from skill.background import periodic
from skill.components import Components, build_components
from skill.filter_setup import require_gallery
from skill.filter_status import log_filters
from skill.http_server import http_server
from skill.jobs.queue import JobQueue
from skill.jobs.render_process import RenderEntry
from skill.jobs.startup import wait_for_queue
from skill.jobs.worker import AttemptReport, Worker, WorkerTiming
from skill.secrets import signing_secrets
from skill.settings import Settings
from skill.stop_signal import stop_on_signal
from skill.tracing.open_telemetry import open_tracing
from skill.web.metrics import Metrics

_BEAT: Final = 0.4  # seconds between two signs of life; a person sees the progress move this often
_SWEEP_SECONDS: Final = 300.0  # between two sweeps of the store by a worker alone
_PAUSE: Final = 5.0  # seconds after an error that nobody foresaw

log: Final = structlog.get_logger(__name__)


def build_worker(settings: Settings, queue: JobQueue, components: Components, metrics: Metrics) -> Worker:
    """A worker that renders as the settings say and counts its attempts in the metrics."""

    def count(report: AttemptReport) -> None:
        for step, seconds in report.steps.items():
            metrics.observe_step(step, seconds)
        metrics.count_job(report.state, report.reason)

    return Worker(
        queue,
        components.store,
        render_entry(settings),
        folder=settings.data_dir / "work",
        keep=settings.keep,
        timing=WorkerTiming(lease=settings.lease, beat=_BEAT),
        on_end=count,
        log_level=settings.log_level,
        protected=settings.sandbox,
        sign=components.sign,
    )


def render_entry(settings: Settings) -> RenderEntry:
    """The function of a rendering process for these settings, and the files that it needs."""
    return RenderEntry("skill.render_job:open_renderer", settings.photo, "skill.render_access:find_access")


async def keep_working(worker: Worker, stop: asyncio.Event, *, pause: float = _PAUSE) -> None:
    """Render one job after the other, whatever happens.

    Args:
        worker: renders; a job in hand is finished or given back within 20 s after the stop.
        stop: ends the work.
        pause: seconds after an error that nobody foresaw.
    """
    while not stop.is_set():
        try:
            await worker.run(stop)
        except Exception:
            log.exception("worker")  # whatever it was: the service goes on, and so does the work
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)


async def run_worker(
    settings: Settings,
    announce: Callable[[int], None],
    *,
    metrics_port: int | None = None,
    kill_after: float | None = None,
) -> None:
    """Work without a page or an API until SIGTERM or SIGINT.

    Args:
        settings: of the service that the worker belongs to.
        announce: called when the work begins, with the port of the metrics, 0 for none.
        metrics_port: TCP port on `settings.host` where Prometheus is answered; 0 for any free one, None for none.
        kill_after: seconds after the first signal at which the process ends whatever hangs; None for never.

    Raises:
        WrongSettings: the data folder, the gallery or the port can't be used, or something is not installed.
        DatabaseDownError: the queue has not answered for as long as the settings wait.
    """
    require_gallery(settings)
    components = build_components(settings, signing_secrets(settings))
    metrics, stop = Metrics(), stop_on_signal(kill_after=kill_after)
    async with (
        open_tracing(settings, "worker"),
        components.open_database(settings) as database,
        _serve_metrics(metrics, settings.host, metrics_port) as port,
    ):
        queue = components.make_queue(database)
        await wait_for_queue(queue.waiting, stop, settings.queue_wait)
        worker = build_worker(settings, queue, components, metrics)
        announce(port)
        await asyncio.to_thread(log_filters, settings)
        log.info("working")
        # deletes what the store did not answer to this worker; jobs are the service's
        async with periodic(_SWEEP_SECONDS, components.store.sweep, name="housekeeping_failed"):
            await keep_working(worker, stop)
        log.info("stopping")


@asynccontextmanager
async def _serve_metrics(metrics: Metrics, host: str, port: int | None) -> AsyncIterator[int]:
    if port is None:
        yield 0
        return

    async def answer(_: web.Request) -> web.Response:
        return await metrics.response()

    app = web.Application()
    app.router.add_get("/metrics", answer)
    async with http_server(app, host, port, name="--metrics-port") as opened:
        yield opened
