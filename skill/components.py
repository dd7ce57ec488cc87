"""Components that the settings choose: the database, its queue and tickets, the store; for service and workers."""

# ruff: noqa: PLC0415  (boto3 and psycopg take a while to import, and psycopg may not be there)

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from skill.clock import steady_time
from skill.credentials.setup import open_credentials
from skill.credentials.signing import Sign, leave_unsigned
from skill.database.database import Database
from skill.database.revision import DATABASE_FILE
from skill.dialog.turn_limits import TurnLimits
from skill.jobs.queue import JobQueue
from skill.media.http import media_route
from skill.media.local import LocalStore
from skill.media.signed_urls import Signer
from skill.media.store import MediaStore
from skill.renditions.maker import MakeRendition
from skill.secrets import identity_secret
from skill.settings import Settings, WrongSettings
from skill.tickets import Tickets
from skill.web.face_preview import FindFaces
from skill.web.movement_previews import PreviewMaker

if TYPE_CHECKING:
    from skill.dialog.dependencies import DialogDependencies
    from skill.dialog.types import Dialog
    from skill.dialog.webhook import FindAccount
    from skill.media.s3 import S3Store

MakeQueue = Callable[[Database], JobQueue]


async def _close_nothing() -> None:
    """A folder need not be closed."""


class WeightsCheck:
    """Whether every model is there with the right hash; all are read again when one of the files has changed."""

    def __init__(self) -> None:
        self._ready_files: frozenset[tuple[str, int, int]] = frozenset()  # (path, time of change, size)

    def __call__(self) -> bool:
        from weights.store import State, WeightStore

        store = WeightStore()
        files = frozenset(
            (str(path), status.st_mtime_ns, status.st_size)
            for path in store.root.rglob("*")
            if path.is_file() and (status := path.stat())
        )
        if files and files == self._ready_files:
            return True
        ready = all(store.state(model.name) is State.READY for model in store.manifest.models)
        self._ready_files = files if ready else frozenset()
        return ready


def can_enlarge_faces() -> bool:
    """Whether the extra net that enlarges small faces is in this machine's store; it is verified when it is opened."""
    from pipeline.limits import RESTORE_ENLARGE
    from weights.store import WeightStore

    store = WeightStore()
    return store.location(store.manifest.model(RESTORE_ENLARGE)).is_file()


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The parts that differ between services: as the settings choose, or put in by a test."""

    make_queue: MakeQueue
    """The queue in an open database."""
    store: MediaStore
    """Photos and clips."""
    close_store: Callable[[], Awaitable[None]] = _close_nothing
    """Closes the store."""
    routes: Sequence[web.RouteDef] = ()
    """Routes of the store, where its links lead to us."""
    origin: str = ""
    """Scheme and host to which the store's links lead; empty where that is the service itself."""
    weights_ready: Callable[[], bool] = field(default_factory=WeightsCheck)
    """Whether every model is there; it may block."""
    find_faces: FindFaces | None = None
    """Finds the faces of a photo, for the page's question about them; None: in a process of its own."""
    make_rendition: MakeRendition | None = None
    """Makes a rendition of a clip; None: in a process of its own."""
    sign: Sign = leave_unsigned
    """Gives finished files their credentials."""
    preview_maker: PreviewMaker | None = None
    """Makes previews of movements; None: as the settings say, in the process that finds faces."""
    clock: Callable[[], float] = steady_time
    """Seconds since 1970."""
    open_dialog: Callable[[DialogDependencies], Awaitable[Dialog]] | None = None
    """Makes the dialog behind the webhooks; None: our own."""
    find_account: FindAccount | None = None
    """Checks tokens of account linking; None: as our account linking does, where it is on."""
    turn_limits: TurnLimits = field(default_factory=TurnLimits)
    """Seconds that a turn of the dialog and its parts may take."""
    strict_answers: bool = False
    """Whether an answer whose state is too large is an error; else the oldest part of the state is left out."""

    @asynccontextmanager
    async def open_database(self, settings: Settings) -> AsyncIterator[Database]:
        """The database of the settings for the block; the server may be down yet. The store is closed after it.

        Raises:
            DatabaseDownError: the file can't be used.
            WrongSettings: the driver is not installed.
        """
        try:
            # the database's own clock, unless somebody chose another one
            database = await open_database(settings, None if self.clock is steady_time else self.clock)
            try:
                yield database
            finally:
                await database.close()
        finally:
            await self.close_store()


def build_components(settings: Settings, secrets: Sequence[str]) -> Components:
    """Queue and store as the settings choose.

    Args:
        settings: of the service.
        secrets: of the service, the newest first; they sign the links of a local store.

    Raises:
        WrongSettings: what they need is not installed, or a certificate can't be used.
    """
    make_queue, sign = queue_maker(settings), open_credentials(settings)
    if settings.store == "s3":
        bucket = build_s3_store(settings)
        return Components(
            make_queue=make_queue, store=bucket, close_store=bucket.close, origin=bucket.origin, sign=sign
        )
    signer = Signer(secrets, base=settings.public_url)
    store = LocalStore(settings.data_dir / "media", signer)
    return Components(make_queue=make_queue, store=store, routes=[media_route(store, signer)], sign=sign)


async def open_database(settings: Settings, clock: Callable[[], float] | None = None) -> Database:
    """Open the database: the file of the data folder, or a server, to which nobody connects yet.

    Args:
        settings: of the service.
        clock: seconds since 1970; None for the database's own.

    Raises:
        DatabaseDownError: the file can't be used, or the server's address is not understood.
        WrongSettings: the driver is not installed.
    """
    if settings.queue == "sqlite":
        from skill.database.sqlite import SqliteDialect

        return await Database(SqliteDialect(settings.data_dir / DATABASE_FILE), clock).open()
    try:
        from skill.database.postgres import PostgresDialect
    except ImportError as error:
        if not (error.name or "").startswith("psycopg"):
            raise
        raise WrongSettings("OZHIVI_QUEUE: postgres needs the extra cluster: pip install '.[cluster]'") from None
    return Database(PostgresDialect(settings.postgres.get_secret_value()), clock)


def build_tickets(settings: Settings, database: Database) -> Tickets:
    """The tickets of a service.

    Raises:
        WrongSettings: the data folder can't be used.
    """
    secret, seconds = identity_secret(settings).encode(), settings.ticket_minutes * 60
    return Tickets(database, secret, seconds=seconds, keep=settings.keep)


def queue_maker(settings: Settings) -> MakeQueue:
    """The function that makes the queue of a database."""
    keep, limit, each = settings.keep, settings.queue_limit, settings.user_limit
    return lambda database: JobQueue(database, keep=keep, limit=limit, each=each)


def build_s3_store(settings: Settings) -> S3Store:
    """The bucket that the settings name; no request is made.

    Raises:
        WrongSettings: they name none.
    """
    from skill.media.pending_deletions import PendingDeletions
    from skill.media.s3 import S3Settings, S3Store

    if settings.store != "s3":
        raise WrongSettings("OZHIVI_STORE: should be s3: a folder of this machine needs no setting up")
    bucket = S3Settings(
        settings.s3_bucket,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        endpoint=settings.s3_endpoint,
        public_endpoint=settings.s3_public_endpoint,
        region=settings.s3_region,
        addressing=settings.s3_addressing,
        prefix=settings.s3_prefix,
    )
    return S3Store(bucket, PendingDeletions(settings.data_dir / "media-deletions"))
