"""A photo on its way in: from the network to a private file, a piece at a time, never whole in memory.

The media store gets it whole or not at all: a node that dies before leaves nothing, on no disk and in no bucket
(docs/media.md).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Final, NamedTuple

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from pipeline.errors import Reason
from pipeline.limits import MAX_PHOTO_BYTES
from skill.client_network import client_network
from skill.web.app_keys import CLIENT_ADDRESSES, INCOMING, UPLOAD_BUDGET
from skill.web.errors import refused, wrong_request
from skill.web.incoming import incoming_file
from skill.web.multipart import MAX_OVERHEAD, FormError, read_parts
from skill.web.schemas import PhotoFile
from skill.web.upload_budget import UploadShare

_PIECE: Final = 256 * 2**10
"""Bytes that are read at once."""
_HEAD: Final = 512
"""Bytes by which the photo's format is known, at least."""
_MAX_FIELD_BYTES: Final = 200
"""Bytes of a field."""
# What aiohttp raises for a form that strangers made up, or that ends in the middle; found by mutated requests.
_BROKEN_FORM: Final = (
    ValueError,
    AssertionError,
    EOFError,
    LookupError,
    ConnectionResetError,  # the sender hung up: nobody reads the answer
    HttpProcessingError,
    web.RequestPayloadError,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart form that came in."""

    photo: PhotoFile
    """The part `photo`."""
    fields: Mapping[str, str]
    """Text of each other part, by name; not checked yet."""


class _SavedPhoto(NamedTuple):
    """The bytes of a photo that was written to its file."""

    digest: str
    """SHA-256, in hex."""
    head: bytes
    """The first bytes."""


@asynccontextmanager
async def receive(request: web.Request, folder: Path, share: UploadShare) -> AsyncIterator[Upload]:
    """Receive the multipart form of a request; its photo is a private file that is gone at the block's end.

    Args:
        request: A request with a part `photo`.
        folder: Private; the file is made here.
        share: Its part of the room for photos.

    Yields:
        The form.

    Raises:
        ApiError: 400 for a broken form, 413 for one that is too large, 415 or 422 for a part that is no photo,
            503 where there is no room.
    """
    if request.content_type != "multipart/form-data":
        raise wrong_request("multipart/form-data with a part named photo is wanted")
    if (request.content_length or 0) > MAX_PHOTO_BYTES + MAX_OVERHEAD:
        raise refused(Reason.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    # the sender's name for the file is never looked at
    async with incoming_file(folder) as (file, path):
        photo, fields = await _read_form(request, file, share)
        content_type = await asyncio.to_thread(_content_type, photo.head)
        yield Upload(PhotoFile(path, photo.digest, content_type), fields)


@asynccontextmanager
async def receive_from(request: web.Request, token: str) -> AsyncIterator[Upload]:
    """Receive the form of whoever sends it, as far as there is room.

    Args:
        request: As of `receive`.
        token: Of the sender's ticket; empty with an API key.

    Yields:
        The form.

    Raises:
        ApiError: As `receive`, and 429 where as many photos come with this ticket as may.
    """
    network = client_network(request.app[CLIENT_ADDRESSES].find(request)) if token else ""
    with request.app[UPLOAD_BUDGET].admit(token, network) as share:
        async with receive(request, request.app[INCOMING], share) as upload:
            yield upload


async def _read_form(request: web.Request, file: IO[bytes], share: UploadShare) -> tuple[_SavedPhoto, dict[str, str]]:
    """The photo, written to `file`, and the other fields."""
    photo: _SavedPhoto | None = None
    fields: dict[str, str] = {}
    try:
        async with aclosing(read_parts(request)) as parts:
            async for name, part in parts:
                if name == "photo":
                    photo = await _save_photo(part, file, share)
                else:
                    fields[name] = await _read_text(part)
    except FormError as error:
        raise wrong_request(str(error)) from None
    except _BROKEN_FORM:
        raise wrong_request("a broken multipart form") from None
    if photo is None:
        raise wrong_request("there is no part named photo")
    return photo, fields


async def _save_photo(part: BodyPartReader, file: IO[bytes], share: UploadShare) -> _SavedPhoto:
    total, digest, head, unwritten = 0, hashlib.sha256(), b"", bytearray()

    def write(data: bytearray) -> None:
        digest.update(data)
        rest = memoryview(data)
        while rest:  # a disk that gets full takes a part, and only the next write fails
            rest = rest[file.write(rest) :]

    while piece := await part.read_chunk(_PIECE):
        total += len(piece)
        if total > MAX_PHOTO_BYTES:
            raise refused(Reason.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        share.grow(len(piece))
        if len(head) < _HEAD:
            head += piece[:_HEAD]
        unwritten += piece
        if len(unwritten) >= _PIECE:
            await asyncio.to_thread(write, unwritten)
            unwritten = bytearray()
    await asyncio.to_thread(write, unwritten)
    if not total:
        raise refused(Reason.BROKEN_FILE, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _SavedPhoto(digest.hexdigest(), head)


async def _read_text(part: BodyPartReader) -> str:
    value = b""
    while piece := await part.read_chunk(_MAX_FIELD_BYTES + 1):
        value += piece
        if len(value) > _MAX_FIELD_BYTES:
            raise wrong_request("a field is too long")
    return value.decode("utf-8").strip()


def _content_type(head: bytes) -> str:
    """Of the first bytes; what the sender says of it is not asked. Blocks the first time."""
    from pipeline.photo.decode import sniff  # noqa: PLC0415  (brings numpy and Pillow)

    kind = sniff(head)
    if kind is None:
        raise refused(Reason.NOT_AN_IMAGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return "application/pdf" if kind == "pdf" else f"image/{kind}"
