"""The composition root: settings → the service. The only place where the parts meet."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog
from aiohttp import web

from skill import talking
from skill.animations import Animations
from skill.background import periodic
from skill.components import Parts, real_parts
from skill.filter_status import log_filters
from skill.http_server import http_server
from skill.jobs import housekeeping
from skill.oauth.attach import attach as attach_linking
from skill.privacy import Privacy
from skill.secrets import signing_secrets
from skill.service_address import note_address
from skill.settings import Settings
from skill.tickets import Tickets
from skill.web import api, app_keys, dev, health, middleware, pages
from skill.web.app_keys import UploadHooks
from skill.web.auth import Authenticator, JobIdSigner
from skill.web.face_preview import FacePreview
from skill.web.metrics import Metrics
from skill.web.readiness import Readiness
from skill.web.templates import Templates
from skill.worker_app import stopping, work

_FORM_BYTES = 64 * 2**10  # of any request but a photo, which is counted where it is received
_SWEEP = 60.0  # seconds between two sweeps of tickets and unfinished uploads
_HOUSEKEEPING = 30.0  # seconds between two sweeps of jobs and media
_STALE = 3600.0  # seconds after which an unfinished upload is the remains of a crash
_PATIENCE = 10.0  # seconds for open answers at the end

log = structlog.get_logger(__name__)


def open_tickets(settings: Settings, secrets: Sequence[str]) -> Tickets:
    """The tickets of a data folder; all its processes share them."""
    # the oldest secret: a new one in front must not make codes of the last minutes unknown
    seconds = settings.ticket_minutes * 60
    return Tickets(settings.data_dir / "tickets.db", secrets[-1].encode(), seconds=seconds, keep=settings.keep)


def create_app(settings: Settings, parts: Parts | None = None) -> web.Application:
    """The service. Raises WrongSettings where its data folder can't be used."""
    secrets = signing_secrets(settings)
    parts = parts or real_parts(settings, secrets)
    app = web.Application(middlewares=[middleware.log_request], client_max_size=_FORM_BYTES)
    app[app_keys.SETTINGS] = settings
    app[app_keys.JOB_ID_SIGNER] = JobIdSigner(secrets)
    app[app_keys.METRICS] = Metrics()
    app[app_keys.TEMPLATES] = Templates()
    app[app_keys.FACE_PREVIEW] = FacePreview(parts.find_faces, settings.long_side)
    app[app_keys.HEADERS] = middleware.security_headers(parts.origin)
    app[app_keys.PRIVACY] = Privacy()
    app[app_keys.UPLOAD_HOOKS] = UploadHooks()
    app[app_keys.INCOMING] = settings.data_dir / "incoming"
    app[app_keys.INCOMING].mkdir(mode=0o700, exist_ok=True)
    app.add_routes([*pages.routes(), *api.routes(), *health.routes(), *parts.routes])
    app.on_response_prepare.append(middleware.add_security_headers)
    app.on_shutdown.append(_begin_to_stop)
    app.cleanup_ctx.append(_tickets(secrets))
    app.cleanup_ctx.append(_jobs(parts))
    attach_linking(app, secrets)
    talking.attach(app, secrets, parts)
    dev.attach(app)
    return app


def _tickets(secrets: Sequence[str]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[app_keys.SETTINGS]
        tickets = app[app_keys.TICKETS] = open_tickets(settings, secrets)
        app[app_keys.PRIVACY].add("tickets", tickets)
        app[app_keys.STOPPING] = asyncio.Event()
        api_keys = [key.get_secret_value() for key in settings.api_keys]
        app[app_keys.AUTHENTICATOR] = Authenticator(tickets, api_keys, behind_proxy=settings.behind_proxy)
        async with periodic(_SWEEP, lambda: _sweep(tickets, app[app_keys.INCOMING]), name="sweep"):
            yield
        await tickets.close()

    return lifecycle


def _jobs(parts: Parts) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifecycle(app: web.Application) -> AsyncIterator[None]:
        settings = app[app_keys.SETTINGS]
        queue = await parts.open_queue()
        animations = app[app_keys.ANIMATIONS] = Animations(queue, parts.store, app[app_keys.INCOMING])
        app[app_keys.PRIVACY].add("jobs", animations)
        app[app_keys.READINESS] = Readiness(queue, parts.store, parts.weights)
        stop = asyncio.Event()
        async with periodic(_HOUSEKEEPING, lambda: housekeeping.sweep(queue, parts.store), name="housekeeping_failed"):
            working = [work(settings, queue, parts.store, app[app_keys.METRICS], stop) for _ in range(settings.workers)]
            workers = [asyncio.create_task(one) for one in working]
            yield
            stop.set()
            await asyncio.gather(*workers)
        await queue.close()
        await parts.close()

    return lifecycle


async def _sweep(tickets: Tickets, incoming: Path) -> None:
    """Delete tickets past their time and photos whose upload a crash cut off."""
    await tickets.purge()
    await asyncio.to_thread(_sweep_incoming, incoming)


def _sweep_incoming(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _STALE:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


async def _begin_to_stop(app: web.Application) -> None:
    app[app_keys.STOPPING].set()


async def serve(settings: Settings, announce: Callable[[str], None], parts: Parts | None = None) -> None:
    """Run the service until SIGTERM or SIGINT.

    Args:
        settings: of the service.
        announce: called with the address by which the service is reached, when it is.
        parts: other components than those that the settings choose.

    Raises:
        WrongSettings: the data folder or the port can't be used, or something is not installed.
        QueueDownError: the queue does not answer.
    """
    app, stop = create_app(settings, parts), stopping()
    async with http_server(app, settings.host, settings.port, patience=_PATIENCE) as port:
        address = settings.public_url or f"http://{settings.host}:{port}"
        with note_address(settings.data_dir, address):
            announce(address)
            await asyncio.to_thread(log_filters, settings)
            log.info("serving")
            await stop.wait()
            log.info("stopping")
