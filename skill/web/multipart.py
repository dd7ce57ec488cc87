"""The parts of a multipart form, with as many lines around them as a form of ours needs and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web

MAX_PARTS: Final = 16
"""Parts of a form."""
MAX_OVERHEAD: Final = 64 * 2**10
"""Bytes of a form beside the contents of its parts: boundaries, headers of parts, whatever stands before the first."""
_MAX_LINES: Final = 1024
"""Lines of that: an empty one costs as much time as a long one."""


class FormError(ValueError):
    """A form that no client of ours sends; the message is in English and holds nothing of it."""


async def read_parts(request: web.Request) -> AsyncGenerator[tuple[str, BodyPartReader], None]:
    """Read the parts of a multipart form, giving way to other requests before each.

    Args:
        request: A request whose body is a form.

    Yields:
        Name and reader of each part; names differ. The contents must be read before the next part is asked for.

    Raises:
        FormError: There are too many parts or too much beside them, a name is missing or comes twice, or a part holds
            parts.
        ValueError, AssertionError, LookupError, HttpProcessingError: The form is broken in another way.
    """
    # the reader calls three methods of the stream, which are all that ours has
    body = cast("StreamReader", _MeteredStream(request.content))
    names = set[str]()
    async for part in MultipartReader(request.headers, body):
        await asyncio.sleep(0)
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise FormError("a part without a name, or a part of parts")
        if part.name in names:
            raise FormError("a part comes twice; one photo at a time")
        names.add(part.name)
        if len(names) > MAX_PARTS:
            raise FormError("too many parts")
        yield part.name, part


class _MeteredStream:
    """The body of a request as the reader of a form sees it: contents in pieces, all else in lines, which are counted.

    Args:
        body: The body.
    """

    def __init__(self, body: StreamReader) -> None:
        self._body = body
        self._bytes = self._lines = 0

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        """The next line, as StreamReader does it. Raises FormError for the first that is one too many."""
        line = await self._body.readline(max_line_length=min(max_line_length or MAX_OVERHEAD, MAX_OVERHEAD))
        self._lines, self._bytes = self._lines + 1, self._bytes + len(line)
        if self._lines > _MAX_LINES or self._bytes > MAX_OVERHEAD:
            raise FormError("too much beside the parts")
        return line

    async def read(self, size: int) -> bytes:
        """The next piece, as StreamReader does it."""
        return await self._body.read(size)

    def unread_data(self, data: bytes) -> None:
        """Take back what was read too much, as StreamReader does it."""
        self._body.unread_data(data)

    def at_eof(self) -> bool:
        """Whether all was read, as StreamReader says it."""
        return self._body.at_eof()
