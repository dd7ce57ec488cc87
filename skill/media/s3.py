"""Media in a bucket of any S3-compatible server, under its own presigned links."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from skill.clock import steady_time
from skill.media.disposition import content_disposition
from skill.media.keys import KEPT_DAYS, is_expired, new_key, parse_key, parse_live_key, served_type
from skill.media.local import write_whole
from skill.media.pending_deletions import PendingDeletions
from skill.media.s3_errors import translate_errors
from skill.media.s3_setup import set_up
from skill.media.store import MediaError

_SEEN_SECONDS: Final = 20.0
"""Seconds for which an object that was there is taken for still being there: a link needs no question then."""
T = TypeVar("T")

_LONGEST_LINK = 7 * 86_400  # seconds: the most that signature version 4 allows
_THREADS = 8
_LINK_SECONDS: Final = 4.0  # for the question whether an object is there: somebody waits for the link
_WAIT_SECONDS: Final = 10.0  # for anything else, and another one for each of so many bytes that are sent
_PACE: Final = 2**20
_FETCH_SECONDS: Final = 30.0  # of a file whose size is not known before
_MOST_SEEN: Final = 4096


@dataclass(frozen=True, slots=True)
class S3Settings:
    """The place of a bucket, and the way to it."""

    bucket: str
    """Name of the bucket."""
    access_key: str = field(repr=False)
    """Id of the key by which the bucket is used."""
    secret_key: str = field(repr=False)
    """Secret of that key."""
    endpoint: str = ""
    """Address of the server; empty for Amazon's own."""
    public_endpoint: str = ""
    """Address by which phones reach the server, when it differs: links are signed for it."""
    region: str = "us-east-1"
    """Region that requests are signed for."""
    addressing: Literal["path", "virtual", "auto"] = "path"
    """Place of the bucket's name in an address: in the path or in the host's name."""
    prefix: str = ""
    """Begin of every key's name, for a bucket that holds other things too."""
    timeout: float = 10.0
    """Seconds without a byte after which a try is given up; there are three tries, with growing pauses."""


class _LateError(MediaError):
    """The store has not answered in time, and its thread still waits for it."""


class S3Store:
    """One object of the bucket an object, named by prefix and key. Call `close` at the end.

    Besides `sweep`, a lifecycle rule that `setup` makes deletes what nobody has swept.
    """

    def __init__(self, settings: S3Settings, pending: PendingDeletions) -> None:
        """Args:
        settings: the bucket.
        pending: remembers the objects that have to go, while the bucket does not answer; `sweep` deletes them.
        """
        self._settings, self._pending = settings, pending
        self._seen: dict[str, float] = {}  # key → until when it is taken for being there
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="media-s3")
        self._client = _client(settings, settings.endpoint)
        outside = settings.public_endpoint
        self._signing = _client(settings, outside) if outside else self._client

    @property
    def origin(self) -> str:
        """Scheme and host of every link: what the page's content security policy must allow for media."""
        parts = urlsplit(self._presigned("origin", {}, 1))
        return f"{parts.scheme}://{parts.netloc}"

    async def setup(self, *, page: str = "") -> list[str]:
        """Make the bucket fit: private, swept by itself, read by the page's scripts that have a link.

        Args:
            page: origin of the page; empty for none.

        Returns:
            A line for each thing that was done.

        Raises:
            MediaError: the bucket can't be made fit, or the server does not answer.
        """
        bucket, prefix = self._settings.bucket, self._settings.prefix
        return await self._in_thread(lambda: set_up(self._client, bucket, prefix=prefix, page=page))

    async def put(self, path: Path, *, content_type: str, seconds: float) -> str:
        """See MediaStore. The server checks the bytes against an MD5 sum. Raises MediaError.

        Where the bucket does not say that it has the object, it may have it nevertheless: `sweep` deletes it then.
        """
        key = new_key(content_type, seconds)
        unwanted = threading.Event()
        seconds = _WAIT_SECONDS + (path.stat().st_size / _PACE if path.is_file() else 0)
        try:
            await self._in_thread(lambda: self._upload(path, key, served_type(content_type), unwanted), seconds)
        except (asyncio.CancelledError, _LateError):
            # The thread goes on: whoever of the two comes last takes the object away.
            unwanted.set()
            self._pool.submit(self._remove_later, key)
            raise
        return key

    async def fetch(self, key: str, to: Path) -> None:
        """See MediaStore."""
        parse_live_key(key)
        await self._in_thread(lambda: self._download(key, to), _FETCH_SECONDS)

    async def url(self, key: str, *, seconds: float, download_as: str = "") -> str:
        """See MediaStore. The link ends with the object, or after seven days, if that is sooner."""
        facts = parse_live_key(key)
        await self._see(key)
        shown_as = {
            "ResponseContentType": facts.content_type,
            "ResponseContentDisposition": content_disposition(download_as),
            "ResponseCacheControl": "private, no-store",
        }
        left = min(seconds, facts.expires - steady_time(), _LONGEST_LINK)
        return self._presigned(key, shown_as, max(math.ceil(left), 1))

    async def delete(self, key: str) -> None:
        """See MediaStore."""
        if parse_key(key) is not None:
            self._seen.pop(key, None)
            try:
                await self._in_thread(lambda: self._remove_later(key), _WAIT_SECONDS)
            except _LateError:
                await asyncio.to_thread(self._pending.add, key)
                raise

    async def sweep(self) -> int:
        """See MediaStore. Keys are listed in order of time, so this stops at the first that is still good."""
        await self._in_thread(self._delete_pending)
        return await self._in_thread(lambda: sum(self._sweep(days) for days in KEPT_DAYS))

    async def keys(self) -> AsyncIterator[str]:
        """See MediaStore."""
        pages = self._pages(self._settings.prefix)
        while page := await self._in_thread(lambda: next(pages, None), _WAIT_SECONDS):
            for key in page:
                if parse_key(key):
                    yield key

    async def close(self) -> None:
        """Wait for what is under way, then close the connections."""
        await asyncio.to_thread(self._pool.shutdown)
        self._client.close()
        self._signing.close()

    async def _in_thread(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """The result of work in a thread. Raises MediaError, also where it takes longer than the seconds."""

        def run() -> T:
            with translate_errors(self._settings.endpoint):
                return work()

        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._pool, run)
        except TimeoutError:
            raise _LateError("the store doesn't answer in time: try again later") from None

    async def _see(self, key: str) -> None:
        """Ask whether an object is there. Raises MediaMissingError, MediaError."""
        now = time.monotonic()
        if self._seen.get(key, 0.0) > now:
            return
        await self._in_thread(lambda: self._client.head_object(**self._named(key)), _LINK_SECONDS)
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen[key] = now + _SEEN_SECONDS

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.bucket, "Key": f"{self._settings.prefix}{key}"}

    def _presigned(self, key: str, shown_as: dict[str, str], seconds: int) -> str:
        """Computed here, no request is made."""
        wanted = {**self._named(key), **shown_as}
        link: str = self._signing.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
        return link

    def _upload(self, path: Path, key: str, content_type: str, unwanted: threading.Event) -> None:
        self._pending.begin(key)
        try:
            with path.open("rb") as body:
                digest = hashlib.file_digest(body, lambda: hashlib.md5(usedforsecurity=False)).digest()
                body.seek(0)
                self._client.put_object(
                    **self._named(key),
                    Body=body,
                    ContentMD5=base64.b64encode(digest).decode(),
                    ContentType=content_type,
                    CacheControl="private, no-store",
                )
        except BaseException:
            self._pending.add(key)
            raise
        if unwanted.is_set():
            self._remove_later(key)
        else:
            self._pending.discard(key)

    def _download(self, key: str, to: Path) -> None:
        with closing(self._client.get_object(**self._named(key))["Body"]) as body:
            write_whole(body, to)

    def _remove_later(self, key: str) -> None:
        """Delete an object, now or as soon as the bucket answers."""
        try:
            self._remove(key)
        except BaseException:
            self._pending.add(key)
            raise

    def _delete_pending(self) -> None:
        for key in self._pending.due():
            self._remove(key)
            self._pending.note_deleted(key)

    def _remove(self, key: str) -> None:
        self._client.delete_object(**self._named(key))

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        """Keys below a prefix of the bucket, a page at a time; never an empty one."""
        listing = self._client.get_paginator("list_objects_v2")
        skipped = len(self._settings.prefix)
        for page in listing.paginate(Bucket=self._settings.bucket, Prefix=prefix):
            if names := [item["Key"][skipped:] for item in page.get("Contents", ())]:
                yield names

    def _sweep(self, days: int) -> int:
        swept = 0
        for page in self._pages(f"{self._settings.prefix}d{days}-"):
            for key in page:
                if parse_key(key) is None:
                    continue
                if not is_expired(key):
                    return swept
                self._remove(key)
                swept += 1
        return swept


def _client(settings: S3Settings, endpoint: str) -> Any:
    """A client of boto3, which has no types. It may be used by several threads."""
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": settings.addressing},
        # Newer defaults send checksums that other servers than Amazon's refuse; ours is sent as Content-MD5.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": 3},
        connect_timeout=min(settings.timeout, 3.0),
        read_timeout=settings.timeout,
        max_pool_connections=_THREADS,
        tcp_keepalive=True,
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=settings.region,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        config=config,
    )
