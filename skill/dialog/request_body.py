"""Body of a webhook's request: at most 64 KB, decompressed where the sender compressed it."""

from __future__ import annotations

import zlib
from typing import Final

from aiohttp import web

LARGEST: Final = 64 * 2**10  # bytes, as they come and as they are decompressed
_IDENTITY: Final = frozenset({"", "identity"})
_GZIP: Final = frozenset({"gzip", "x-gzip"})
_DEFLATE: Final = "deflate"
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15


class UnreadableBodyError(Exception):
    """A body that broke off, or is not what its header says."""


async def read_body(request: web.Request) -> bytes:
    """The body of a request, whatever the application allows elsewhere.

    Raises:
        UnreadableBodyError: the body breaks off, or can't be decompressed.
        web.HTTPRequestEntityTooLarge: it has more than 64 KB.
        web.HTTPUnsupportedMediaType: it is compressed in a way that is not understood.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {*_IDENTITY, *_GZIP, _DEFLATE}:
        raise web.HTTPUnsupportedMediaType
    body = bytearray()
    try:
        async for chunk in request.content.iter_any():
            body += chunk
            _check_size(len(body))
    except (web.RequestPayloadError, ConnectionError) as error:
        raise UnreadableBodyError(type(error).__name__) from None
    return bytes(body) if encoding in _IDENTITY else _decompress(bytes(body), gzip=encoding in _GZIP)


def _decompress(body: bytes, *, gzip: bool) -> bytes:
    """A deflate body may come with the header of zlib, as the standard wants it, or without."""
    has_zlib_header = body[:1] and body[0] & 0xF == zlib.DEFLATED
    decompressor = zlib.decompressobj(_GZIP_BITS if gzip else _ZLIB_BITS if has_zlib_header else _RAW_BITS)
    try:
        plain = decompressor.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise UnreadableBodyError(type(error).__name__) from None
    _check_size(len(plain))
    if not decompressor.eof:
        raise UnreadableBodyError("it breaks off")
    return plain


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=size)
