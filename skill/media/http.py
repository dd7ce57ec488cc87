"""The local store's objects over HTTP, to whoever has a valid link."""

from __future__ import annotations

import asyncio
import hashlib
import io

from aiohttp import hdrs, web

from skill.media.byte_range import RangeNotSatisfiableError, parse_range
from skill.media.disposition import content_disposition
from skill.media.local import CHUNK, LocalStore, OpenObject
from skill.media.signed_urls import PATH, Grant, LinkError, Signer
from skill.media.store import MediaMissingError

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


async def _answer(request: web.Request, grant: Grant, opened: OpenObject) -> web.StreamResponse:
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
    return parse_range(wanted, size)


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
