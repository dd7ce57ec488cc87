"""Which queue and which store: the one place where the settings choose, for the service and for its workers."""

# ruff: noqa: PLC0415  (boto3 and psycopg take a while to import, and psycopg may not be there)

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from skill.jobs.queue import JobQueue
from skill.jobs.sqlite import SqliteQueue
from skill.media.http import media_route
from skill.media.local import LocalStore
from skill.media.signed_urls import Signer
from skill.media.store import MediaStore
from skill.settings import Settings, WrongSettings
from skill.web.face_preview import FindFaces, find_faces

if TYPE_CHECKING:
    from skill.dialog.types import Dialog
    from skill.media.s3 import S3Store


async def _nothing() -> None:
    """A folder need not be closed."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What tests put fakes in for. `routes`: of the store. `weights`: whether every model is there (it may
    block). `find_faces`: finds the faces of a photo. `origin`: where the store's links lead, empty for our own.
    `close`: of the store. `open_dialog`: who answers assistants, our own conversation where it is None."""

    open_queue: Callable[[], Awaitable[JobQueue]]
    store: MediaStore
    routes: Sequence[web.RouteDef]
    weights: Callable[[], bool]
    find_faces: FindFaces = find_faces
    origin: str = ""
    close: Callable[[], Awaitable[None]] = _nothing
    open_dialog: Callable[[web.Application], AbstractAsyncContextManager[Dialog]] | None = None


def real_parts(settings: Settings, secrets: Sequence[str]) -> Parts:
    """Queue and store as the settings choose. Raises WrongSettings where what they need is not installed."""
    open_queue = queue_of(settings)
    if settings.store == "s3":
        bucket = s3_store(settings)
        return Parts(open_queue, bucket, (), weights_ready, origin=bucket.origin, close=bucket.close)
    signer = Signer(secrets, base=settings.public_url)
    store = LocalStore(settings.data_dir / "media", signer)
    return Parts(open_queue, store, [media_route(store, signer)], weights_ready)


def queue_of(settings: Settings) -> Callable[[], Awaitable[JobQueue]]:
    """What opens the queue. Raises WrongSettings where its driver is not installed."""
    keep, limit, each = settings.keep, settings.queue_limit, settings.user_limit
    if settings.queue == "sqlite":
        return lambda: SqliteQueue.open(settings.data_dir / "jobs.db", keep=keep, limit=limit, each=each)
    try:
        from skill.jobs.postgres import PostgresQueue
    except ImportError as error:
        if not (error.name or "").startswith("psycopg"):
            raise
        raise WrongSettings("OZHIVI_QUEUE: postgres needs the extra cluster: pip install '.[cluster]'") from None
    return lambda: PostgresQueue.open(settings.postgres.get_secret_value(), keep=keep, limit=limit, each=each)


def s3_store(settings: Settings) -> S3Store:
    """The bucket that the settings name; no request is made. Raises WrongSettings where they name none."""
    from skill.media.s3 import S3Settings, S3Store

    if settings.store != "s3":
        raise WrongSettings("OZHIVI_STORE: should be s3: a folder of this machine needs no setting up")
    place = S3Settings(
        settings.s3_bucket,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        endpoint=settings.s3_endpoint,
        public_endpoint=settings.s3_public_endpoint,
        region=settings.s3_region,
        addressing=settings.s3_addressing,
        prefix=settings.s3_prefix,
    )
    return S3Store(place)


def weights_ready() -> bool:
    """Every model is there with the right hash; reads all of them."""
    from weights.store import State, WeightStore

    store = WeightStore()
    return all(store.state(model.name) is State.READY for model in store.manifest.models)
