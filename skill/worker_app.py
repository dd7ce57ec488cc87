"""A worker that goes on whatever happens: inside the service, or by itself as `ozhivi worker`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from aiohttp import web

from skill.components import real_parts
from skill.filter_status import log_filters
from skill.http_server import http_server
from skill.jobs.queue import JobQueue
from skill.jobs.worker import Ended, Worker, WorkerTiming
from skill.media.store import MediaStore
from skill.secrets import signing_secrets
from skill.settings import Settings
from skill.web.metrics import Metrics

_BEAT = 0.4  # seconds between two signs of life; a person sees the progress move this often
_AGAIN = 5.0  # seconds after what nobody foresaw

log = structlog.get_logger(__name__)


async def work(settings: Settings, queue: JobQueue, store: MediaStore, metrics: Metrics, stop: asyncio.Event) -> None:
    """Render one job after the other until `stop`; a job in hand is finished or given back within 20 s."""

    def on_end(ended: Ended) -> None:
        for step, seconds in ended.steps.items():
            metrics.observe_step(step, seconds)
        metrics.count_job(ended.state, ended.reason)

    folder, pace = settings.data_dir / "work", WorkerTiming(lease=settings.lease, beat=_BEAT)
    worker = Worker(
        queue, store, folder=folder, keep=settings.keep, pace=pace, on_end=on_end, log_level=settings.log_level
    )
    while not stop.is_set():
        try:
            await worker.run(stop)
        except Exception:
            log.exception("worker")  # whatever it was: the service goes on, and so does the work
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _AGAIN)


async def run_worker(settings: Settings, told: Callable[[int], None], *, metrics_port: int | None = None) -> None:
    """Work without HTTP until SIGTERM or SIGINT; with `metrics_port` Prometheus is answered there, on
    `settings.host`. `told` hears the port (0: none) when the work begins. Raises WrongSettings, QueueDownError."""
    parts = real_parts(settings, signing_secrets(settings))
    metrics, stop = Metrics(), stopping()
    try:
        queue = await parts.open_queue()
        try:
            async with _told_to_prometheus(metrics, settings.host, metrics_port) as port:
                told(port)
                await asyncio.to_thread(log_filters, settings)
                log.info("working")
                await work(settings, queue, parts.store, metrics, stop)
                log.info("stopping")
        finally:
            await queue.close()
    finally:
        await parts.close()


def stopping() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def _told_to_prometheus(metrics: Metrics, host: str, port: int | None) -> AsyncIterator[int]:
    if port is None:
        yield 0
        return

    async def answer(_: web.Request) -> web.Response:
        return await metrics.response()

    app = web.Application()
    app.router.add_get("/metrics", answer)
    async with http_server(app, host, port, name="--metrics-port") as opened:
        yield opened
