"""The local store's objects over HTTP, to whoever has a valid link."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re

from aiohttp import hdrs, web

from skill.media.disposition import content_disposition
from skill.media.local import CHUNK, LocalStore, Opened
from skill.media.signed_urls import PATH, Grant, LinkError, Signer
from skill.media.store import MediaMissingError

_SINGLE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class RangeNotSatisfiableError(ValueError):
    """A well-formed range that lies outside the object: status 416."""


def asked_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for, of an object of `size` bytes; None for all of it.

    A header that is malformed, has another unit or asks for several parts is ignored, as the RFC allows: the whole
    object is a right answer to it, and no client can make us cut a file into a thousand parts. Raises
    RangeNotSatisfiableError.
    """
    match = _SINGLE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise RangeNotSatisfiableError(f"the object has {size} bytes")
    return range(start, stop)


# Nothing of a person stays in a cache: what is deleted is gone from his browser too.
_ALWAYS = {hdrs.CACHE_CONTROL: "private, no-store", "X-Content-Type-Options": "nosniff"}


def media_route(store: LocalStore, signer: Signer) -> web.RouteDef:
    """GET and HEAD `/m/<key>`. A link that is forged, past its time or without an object gets the same 404."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            grant = signer.verify(request.match_info["key"], request.query)
            opened = await asyncio.to_thread(store.open, grant.key)
        except (LinkError, MediaMissingError):
            return web.Response(status=404, text="404: Not Found", headers=_ALWAYS)
        with opened.file:
            return await _answer(request, grant, opened)

    return web.get(f"{PATH}{{key}}", handle)


async def _answer(request: web.Request, grant: Grant, opened: Opened) -> web.StreamResponse:
    etag, size = _etag(grant.key), opened.size
    headers = {**_ALWAYS, hdrs.ACCEPT_RANGES: "bytes", hdrs.ETAG: etag}
    try:
        part = _part(request, etag, size)
    except RangeNotSatisfiableError:
        return web.Response(status=416, headers={**headers, hdrs.CONTENT_RANGE: f"bytes */{size}"})
    headers[hdrs.CONTENT_TYPE] = opened.content_type
    headers[hdrs.CONTENT_DISPOSITION] = content_disposition(grant.download_as)
    whole = part is None
    part = part if part is not None else range(size)
    if not whole:
        headers[hdrs.CONTENT_RANGE] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response = web.StreamResponse(status=200 if whole else 206, headers=headers)
    response.content_length = len(part)
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        await _send(response, opened.file, part)
    await response.write_eof()
    return response


def _part(request: web.Request, etag: str, size: int) -> range | None:
    """The asked bytes; None for all. Raises RangeNotSatisfiableError."""
    wanted = request.headers.get(hdrs.RANGE)
    # If-Range with a date never fits: an object never changes, so it has an ETag and no date.
    if wanted is None or request.method != hdrs.METH_GET or request.headers.get(hdrs.IF_RANGE, etag) != etag:
        return None
    return asked_range(wanted, size)


async def _send(response: web.StreamResponse, file: io.FileIO, part: range) -> None:
    """Reading is done in a thread: a slow disk never holds up the event loop."""
    file.seek(part.start)
    left = len(part)
    while left > 0:
        chunk = await asyncio.to_thread(file.read, min(left, CHUNK))
        if not chunk:
            raise ConnectionResetError("the object became shorter while it was sent")
        left -= len(chunk)
        await response.write(chunk)


def _etag(key: str) -> str:
    """Strong: a key's bytes never change."""
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
