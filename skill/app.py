"""The composition of the service: the one place where the settings become parts and the parts meet.

`build_service` is used by `ozhivi serve`, by the tests and by the replay of conversations, each with its own
`Components`. What renders photos is put together in `skill.worker_app`, for a worker inside of the service as well.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog
from aiohttp import web

from pipeline.run import Wish
from skill.animations import Animations
from skill.background import periodic
from skill.components import Components, build_components, build_tickets, can_enlarge_faces
from skill.dialog import webhook
from skill.dialog.assistants import build_endpoints
from skill.dialog.cards.service import CardService, image_api, open_cards
from skill.dialog.context import ServiceInfo
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.idempotency import open_single_flight
from skill.dialog.memory import Memory
from skill.dialog.nlu.sentence_encoder import load_ahead
from skill.dialog.ports import NoCardPictures
from skill.dialog.service import DialogService, open_dialog_service
from skill.eraser import UserEraser
from skill.filter_setup import require_gallery
from skill.filter_status import FilterStatusReader, log_filters
from skill.http_limits import connection_limits, raise_file_limit
from skill.http_server import http_server
from skill.jobs import housekeeping
from skill.jobs.startup import unless_stopped, wait_for_queue
from skill.oauth import authorize, token_endpoint
from skill.oauth.authorization_request import Client
from skill.oauth.service import LINKING, AccountLinking, build_linking, oauth_client
from skill.purge import PURGE_SECONDS, purge
from skill.rare_log import RareLines
from skill.renditions.maker import open_rendition_maker
from skill.renditions.service import Renditions
from skill.secrets import identity_secret, require_shared_secrets, signing_secrets
from skill.service_address import note_address
from skill.settings import Settings
from skill.stop_signal import stop_on_signal
from skill.tracing.open_telemetry import open_tracing
from skill.web import api, app_keys, dev, health, middleware, pages, security_txt
from skill.web.app_keys import AddPendingWish, UploadHooks
from skill.web.auth import Authenticator, JobIdSigner
from skill.web.client_address import ClientAddresses
from skill.web.face_preview import FacePreview
from skill.web.incoming import sweep_incoming
from skill.web.job_watch import JobWatches
from skill.web.metrics import Metrics
from skill.web.movement_previews import MovementPreviews
from skill.web.photo_process import open_photo_process
from skill.web.preview_budget import PreviewBudget
from skill.web.readiness import Readiness
from skill.web.templates import Templates
from skill.web.upload_budget import UploadBudget
from skill.worker_app import build_worker, keep_working

_FORM_BYTES: Final = 64 * 2**10  # of any request but a photo, which is counted where it is received
_SWEEP_SECONDS: Final = 60.0  # between two sweeps of unfinished uploads
_FILTERS_SECONDS: Final = 30.0  # between two looks at the gallery's file
_HOUSEKEEPING_SECONDS: Final = 30.0  # between two sweeps of jobs and media
_STRAYS_SECONDS: Final = 600.0  # between two looks at all that is stored
_REFUSALS: Final = 60  # lines of the log a minute about requests that were refused alike
_PATIENCE: Final = 10.0  # seconds for open answers at the end

log: Final = structlog.get_logger(__name__)


def build_service(settings: Settings, components: Components | None = None) -> web.Application:
    """The service as an application that opens its parts when it is started and closes them when it ends.

    Args:
        settings: of the service.
        components: other ones than those that the settings choose.

    Raises:
        WrongSettings: the data folder can't be used, a gallery that was set is not there, or a part is not installed.
    """
    require_gallery(settings)
    require_shared_secrets(settings)
    secrets, identity = signing_secrets(settings), identity_secret(settings)
    components = components or build_components(settings, secrets)
    client = oauth_client(settings)
    # the webhook decompresses bodies itself: aiohttp answers 400 to what it can't read, before any handler is asked
    app = web.Application(
        middlewares=[middleware.log_request], client_max_size=_FORM_BYTES, handler_args={"auto_decompress": False}
    )
    _set_parts(app, settings, components, secrets)
    app.add_routes([*pages.routes(), *api.routes(), *health.routes(), *security_txt.routes()])
    app.add_routes([*webhook.routes(), *components.routes])
    app.on_response_prepare.append(middleware.add_security_headers)
    app.on_response_prepare.append(middleware.close_when_draining)
    app.on_shutdown.append(_begin_to_stop)
    app.cleanup_ctx.append(_open_tracing)
    app.cleanup_ctx.append(_open_filter_status)
    # in this order: who lets new things of a user in forgets him first
    app.cleanup_ctx.append(partial(_open_database, components=components))
    app.cleanup_ctx.append(_open_tickets)
    app.cleanup_ctx.append(partial(_open_jobs, components=components))
    app.cleanup_ctx.append(partial(_open_faces, components=components))
    if client is not None:
        app.add_routes([*authorize.routes(), *token_endpoint.routes()])
        app.cleanup_ctx.append(partial(_open_linking, client=client, identity=identity))
    app.cleanup_ctx.append(partial(_open_dialog, components=components, identity=identity))
    dev.attach(app)
    return app


def _set_parts(app: web.Application, settings: Settings, components: Components, secrets: Sequence[str]) -> None:
    """The parts that need not be opened."""
    app[app_keys.SETTINGS] = settings
    app[app_keys.JOB_ID_SIGNER] = JobIdSigner(secrets)
    app[app_keys.LOOK_SIGNER] = JobIdSigner(secrets, b"ozhivi look links")
    app[app_keys.CLIENT_ADDRESSES] = ClientAddresses(behind_proxy=settings.behind_proxy)
    app[app_keys.METRICS] = Metrics()
    app[app_keys.REFUSALS] = RareLines(most=_REFUSALS)
    app[app_keys.TEMPLATES] = Templates()
    https = settings.public_url.startswith("https:")
    app[app_keys.HEADERS] = middleware.security_headers(components.origin, https=https)
    app[app_keys.FILTERS] = FilterStatusReader(settings)
    app[app_keys.ERASER] = UserEraser()
    app[app_keys.UPLOAD_BUDGET] = UploadBudget()
    app[app_keys.PREVIEW_BUDGET] = PreviewBudget()
    app[app_keys.UPLOAD_HOOKS] = UploadHooks()
    app[app_keys.DRAINING], app[app_keys.STOPPING] = asyncio.Event(), asyncio.Event()
    app[app_keys.INCOMING] = settings.data_dir / "incoming"
    app[app_keys.INCOMING].mkdir(mode=0o700, exist_ok=True)


async def serve(
    settings: Settings,
    announce: Callable[[str], None],
    components: Components | None = None,
    *,
    announce_dev: Callable[[str], None] = lambda _: None,
    kill_after: float | None = None,
) -> None:
    """Run the service until SIGTERM or SIGINT.

    Args:
        settings: of the service.
        announce: called with the address by which the service is reached, when it is.
        components: other ones than those that the settings choose.
        announce_dev: called with each link to the developer's page, which works once; not for a log.
        kill_after: seconds after the first signal at which the process ends whatever hangs; None for never.

    Raises:
        WrongSettings: the data folder or the port can't be used, or a part is not installed.
        DatabaseDownError: the queue has not answered for as long as the settings wait; until then the service is there,
            is not ready, and answers with 503 what needs the queue.
    """
    app = build_service(settings, components)
    # one event: from the signal on no job is begun and no connection kept, even while something is still loaded
    stop = app[app_keys.DRAINING] = stop_on_signal(kill_after=kill_after)
    gc.freeze()  # nobody is answered while the collector looks through all that is loaded: 50 to 150 ms each time
    raise_file_limit()
    limits = connection_limits(behind_proxy=settings.behind_proxy)
    async with http_server(
        app, settings.host, settings.port, patience=_PATIENCE, limits=limits, headers=app[app_keys.HEADERS]
    ) as port:
        address = settings.public_url or f"http://{settings.host}:{port}"
        with note_address(settings.data_dir, address):
            announce(address)
            if settings.dev:
                app[dev.DEV_ACCESS].open(lambda path: announce_dev(f"{address}{path}"))
            await _work_until_stop(app, settings, stop)


async def _work_until_stop(app: web.Application, settings: Settings, stop: asyncio.Event) -> None:
    """The time from the first answer to the closing of the port. Raises DatabaseDownError."""
    if await unless_stopped(lambda: _finish_loading(settings), stop):
        log.info("serving")
        await wait_for_queue(app[app_keys.ANIMATIONS].waiting, stop, settings.queue_wait)
    await stop.wait()
    log.info("stopping")
    # people are answered for so long that a load balancer notices the stop and sends no more of them
    await asyncio.sleep(settings.stop_delay)


async def _finish_loading(settings: Settings) -> None:
    """Load what the first turns need, while pages and probes are answered, and spare the collector what stays."""
    loading = load_ahead()
    await asyncio.to_thread(log_filters, settings)
    await asyncio.to_thread(loading.join)
    gc.freeze()


async def _begin_to_stop(app: web.Application) -> None:
    app[app_keys.DRAINING].set()
    app[app_keys.STOPPING].set()


@asynccontextmanager
async def _open_tracing(app: web.Application) -> AsyncIterator[None]:
    """Traces of all that follows."""
    async with open_tracing(app[app_keys.SETTINGS], "serve"):
        yield


@asynccontextmanager
async def _open_filter_status(app: web.Application) -> AsyncIterator[None]:
    """The status of the filters, which is read again now and then."""
    reader = app[app_keys.FILTERS]
    await reader.read()
    try:
        async with periodic(_FILTERS_SECONDS, reader.read, name="filters_not_read"):
            yield
    finally:
        reader.close()


@asynccontextmanager
async def _open_database(app: web.Application, components: Components) -> AsyncIterator[None]:
    """The database of all that follows, which forgets what is past its time."""
    async with components.open_database(app[app_keys.SETTINGS]) as database:
        app[app_keys.DATABASE] = database
        async with periodic(PURGE_SECONDS, partial(purge, database), name="database_not_purged"):
            yield


@asynccontextmanager
async def _open_tickets(app: web.Application) -> AsyncIterator[None]:
    """Tickets, and who is let in by one."""
    settings, incoming = app[app_keys.SETTINGS], app[app_keys.INCOMING]
    tickets = build_tickets(settings, app[app_keys.DATABASE])
    keys = [key.get_secret_value() for key in settings.api_keys]
    app[app_keys.TICKETS] = tickets
    app[app_keys.AUTHENTICATOR] = Authenticator(tickets, keys)
    app[app_keys.ERASER].add("tickets", tickets)
    app[app_keys.JOB_WATCHES] = JobWatches(app[app_keys.STOPPING])
    sweep = partial(asyncio.to_thread, sweep_incoming, incoming)
    async with periodic(_SWEEP_SECONDS, sweep, name="sweep"):
        yield


@asynccontextmanager
async def _open_jobs(app: web.Application, components: Components) -> AsyncIterator[None]:
    """The queue with its housekeeping, and a worker where the settings want one here."""
    settings, store, clock = app[app_keys.SETTINGS], components.store, components.clock
    maker = open_rendition_maker(
        settings.data_dir / "work", settings.photo, log_level=settings.log_level, protected=settings.sandbox
    )
    queue = components.make_queue(app[app_keys.DATABASE])
    async with maker as make:
        app[app_keys.RENDITIONS] = Renditions(
            queue, store, components.make_rendition or make, clock, sign=components.sign
        )
        animations = Animations(queue, store, app[app_keys.INCOMING], clock)
        app[app_keys.ANIMATIONS] = animations
        app[app_keys.ERASER].add("jobs", animations)
        app[app_keys.READINESS] = Readiness(queue, store, components.weights_ready, settings.data_dir)

        async def sweep() -> None:
            if await housekeeping.sweep(queue, store, clock):
                app[app_keys.METRICS].note_sweep()

        strays = housekeeping.StraySweep(queue, store)
        async with (
            periodic(_HOUSEKEEPING_SECONDS, sweep, name="housekeeping_failed"),
            periodic(_STRAYS_SECONDS, strays.look, name="strays_not_swept"),
        ):
            if not settings.workers:
                yield
                return
            stop = app[app_keys.DRAINING]  # set before open answers are waited for: both waits are over in 20 s
            worker = build_worker(settings, queue, components, app[app_keys.METRICS])
            working = asyncio.create_task(keep_working(worker, stop))
            yield
            stop.set()
            await working


@asynccontextmanager
async def _open_faces(app: web.Application, components: Components) -> AsyncIterator[None]:
    """The process of the page: it finds faces, for the question about them, and makes previews of movements."""
    settings = app[app_keys.SETTINGS]
    process = open_photo_process(
        settings.data_dir / "work", settings.photo, log_level=settings.log_level, protected=settings.sandbox
    )
    app[app_keys.FACE_FINDER] = components.find_faces or FacePreview(process).find
    maker = components.preview_maker or MovementPreviews(process)
    app[app_keys.PREVIEW_MAKER] = maker if settings.previews else None
    try:
        yield
    finally:
        await process.close()


@asynccontextmanager
async def _open_linking(app: web.Application, client: Client, identity: str) -> AsyncIterator[None]:
    """Account linking."""
    linking = build_linking(app[app_keys.DATABASE], client, identity)
    app[LINKING] = linking
    app[app_keys.ERASER].add("linking", linking)
    yield


@asynccontextmanager
async def _open_dialog(app: web.Application, components: Components, identity: str) -> AsyncIterator[None]:
    """The dialog and the assistants' webhook before it."""
    settings, eraser, hooks = app[app_keys.SETTINGS], app[app_keys.ERASER], app[app_keys.UPLOAD_HOOKS]
    database, secret, linking = app[app_keys.DATABASE], identity.encode(), app.get(LINKING)
    memory = Memory(database, secret, components.turn_limits)
    async with (
        _open_cards(app, components) as cards,
        open_single_flight(database, secret) as single_flight,
    ):
        eraser.add("dialog", memory)
        dependencies = DialogDependencies(
            animations=app[app_keys.ANIMATIONS],
            tickets=app[app_keys.TICKETS],
            memory=memory,
            eraser=eraser,
            service_info=service_info(settings),
            card_pictures=cards or NoCardPictures(),
            linked_accounts=linking.accounts if linking else None,
            clock=components.clock,
            limits=components.turn_limits,
        )
        dialog = await (components.open_dialog or open_dialog_service)(dependencies)
        if isinstance(dialog, DialogService):
            hooks.add_pending_wish = _pending_wishes(dialog, linking)
        if cards is not None:
            hooks.agree_to_card = cards.agree
            hooks.withdraw_cards = cards.forget
        app[webhook.WEBHOOK] = webhook.Webhook(
            build_endpoints(settings, identity, strict=components.strict_answers),
            dialog,
            single_flight,
            app[app_keys.METRICS],
            components.find_account or (linking.tokens.account_of if linking else None),
            components.turn_limits.answer,
        )
        yield


@asynccontextmanager
async def _open_cards(app: web.Application, components: Components) -> AsyncIterator[CardService | None]:
    """Pictures in the assistants' cards; None where the settings want none."""
    settings = app[app_keys.SETTINGS]
    platform = image_api(settings)
    if platform is None:
        yield None
        return
    database, get_job = app[app_keys.DATABASE], app[app_keys.ANIMATIONS].get
    async with open_cards(database, platform, components.store, get_job, keep=settings.keep) as cards:
        yield cards


def service_info(settings: Settings) -> ServiceInfo:
    """The service as the dialog's sentences describe it."""
    return ServiceInfo(
        name=settings.skill_name,
        url=settings.address,
        spoken=settings.spoken_address,
        keep=settings.keep,
        ticket_seconds=settings.ticket_minutes * 60,
        drawings=settings.drawings,
        archive=settings.archive,
        enlarges=can_enlarge_faces(),
    )


def _pending_wishes(dialog: DialogService, linking: AccountLinking | None) -> AddPendingWish:
    """The wish of a photo's page, completed by what its user said before, also through a linked account."""

    async def add_pending_wish(user: str, wish: Wish) -> Wish:
        linked = await linking.linked_accounts.users(user) if linking else ()
        for one in (user, *linked):
            wish = await dialog.add_pending_wish(one, wish)
        return wish

    return add_pending_wish
