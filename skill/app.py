"""The composition root: settings → the service. The only place where the parts meet."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from skill.animations import Animations
from skill.jobs.housekeeping import housekeep
from skill.jobs.queue import JobQueue
from skill.jobs.sqlite import SqliteQueue
from skill.jobs.worker import Ended, Pace, Worker
from skill.media.local import LocalStore
from skill.media.serve import media_route
from skill.media.signing import Signer
from skill.media.store import MediaStore
from skill.settings import Settings, prepare
from skill.web import api, guard, health, keys, pages
from skill.web.access import Door
from skill.web.metrics import Metrics
from skill.web.names import Names
from skill.web.onlooker import Look, Onlooker, look
from skill.web.ready import Readiness
from skill.web.templates import Templates
from skill.web.tickets import Tickets

_FORM_BYTES = 64 * 2**10  # of any request but a photo, which is counted where it is received
_STALE = 3600.0  # seconds after which an unfinished upload is the remains of a crash
_PATIENCE = 10.0  # seconds for open answers at the end

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What tests put fakes in for. `routes`: of the store. `weights`: whether every model is there (it may
    block). `look`: finds the faces of a photo."""

    open_queue: Callable[[], Awaitable[JobQueue]]
    store: MediaStore
    routes: Sequence[web.RouteDef]
    weights: Callable[[], bool]
    look: Look = look


def real_parts(settings: Settings, secrets: Sequence[str]) -> Parts:
    """The queue in an SQLite file, the store in a folder."""
    signer = Signer(secrets, base=settings.public_url)
    store = LocalStore(settings.data_dir / "media", signer)

    async def open_queue() -> JobQueue:
        return await SqliteQueue.open(settings.data_dir / "jobs.db", keep=settings.keep, limit=settings.queue_limit)

    return Parts(open_queue, store, [media_route(store, signer)], weights_ready)


def open_tickets(settings: Settings, secrets: Sequence[str]) -> Tickets:
    """The tickets of a data folder; all its processes share them."""
    # the oldest secret: a new one in front must not make codes of the last minutes unknown
    seconds = settings.ticket_minutes * 60
    return Tickets(settings.data_dir / "tickets.db", secrets[-1].encode(), seconds=seconds, keep=settings.keep)


def create_app(settings: Settings, parts: Parts | None = None) -> web.Application:
    """The service. Raises WrongSettings where its data folder can't be used."""
    secrets = prepare(settings)
    parts = parts or real_parts(settings, secrets)
    app = web.Application(middlewares=[guard.watch], client_max_size=_FORM_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.NAMES] = Names(secrets)
    app[keys.METRICS] = Metrics()
    app[keys.TEMPLATES] = Templates()
    app[keys.ONLOOKER] = Onlooker(parts.look, settings.long_side)
    app[keys.INCOMING] = settings.data_dir / "incoming"
    app[keys.INCOMING].mkdir(mode=0o700, exist_ok=True)
    app.add_routes([*pages.routes(), *api.routes(), *health.routes(), *parts.routes])
    app.on_response_prepare.append(guard.protect)
    app.on_shutdown.append(_begin_to_stop)
    app.cleanup_ctx.append(_tickets(secrets))
    app.cleanup_ctx.append(_jobs(parts))
    return app


def _tickets(secrets: Sequence[str]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[keys.SETTINGS]
        tickets = app[keys.TICKETS] = open_tickets(settings, secrets)
        app[keys.STOPPING] = asyncio.Event()
        api_keys = [key.get_secret_value() for key in settings.api_keys]
        app[keys.DOOR] = Door(tickets, api_keys, behind_proxy=settings.behind_proxy)
        sweeping = asyncio.create_task(_sweep(tickets, app[keys.INCOMING]))
        yield
        await _ended(sweeping)
        await tickets.close()

    return lifecycle


def _jobs(parts: Parts) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[keys.SETTINGS]
        queue = await parts.open_queue()
        app[keys.ANIMATIONS] = Animations(queue, parts.store)
        app[keys.READINESS] = Readiness(queue, parts.store, parts.weights)
        stop = asyncio.Event()
        keeping = asyncio.create_task(housekeep(queue, parts.store))
        workers = [asyncio.create_task(_work(app, queue, parts.store, stop)) for _ in range(settings.workers)]
        yield
        stop.set()
        await asyncio.gather(*workers)
        await _ended(keeping)
        await queue.close()

    return lifecycle


async def _work(app: web.Application, queue: JobQueue, store: MediaStore, stop: asyncio.Event) -> None:
    settings, metrics = app[keys.SETTINGS], app[keys.METRICS]

    def on_end(ended: Ended) -> None:
        for step, seconds in ended.steps.items():
            metrics.step(step, seconds)
        metrics.ended(ended.state, ended.reason)

    folder = settings.data_dir / "work"
    worker = Worker(queue, store, folder=folder, keep=settings.keep, pace=Pace(beat=0.4), on_end=on_end)
    while not stop.is_set():
        try:
            await worker.run(stop)
        except Exception:
            log.exception("worker")  # whatever it was: the service goes on, and so does the work
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 5)


async def _sweep(tickets: Tickets, incoming: Path) -> None:
    """Once a minute: tickets past their time, photos whose upload a crash cut off."""
    while True:
        try:
            await tickets.purge()
            await asyncio.to_thread(_sweep_incoming, incoming)
        except Exception:
            log.exception("sweep")
        await asyncio.sleep(60)


def _sweep_incoming(folder: Path) -> None:
    for path in folder.glob("photo-*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _STALE:
                path.unlink()


async def _begin_to_stop(app: web.Application) -> None:
    app[keys.STOPPING].set()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def weights_ready() -> bool:
    """Every model is there with the right hash; reads all of them."""
    from weights.store import State, WeightStore  # noqa: PLC0415  (only who asks)

    store = WeightStore()
    return all(store.state(model.name) is State.READY for model in store.manifest.models)


async def serve(settings: Settings, told: Callable[[int], None]) -> None:
    """Run until SIGTERM or SIGINT. `told` hears the port when it is open."""
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        told(int(runner.addresses[0][1]))
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        log.info("serving")
        await stop.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()
