"""A photo on its way in: from the network to a private file, a piece at a time, never whole in memory."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from pipeline.errors import Reason
from pipeline.limits import MAX_PHOTO_BYTES
from skill.web.errors import refused, wrong_request

_OVERHEAD = 64 * 2**10  # of the multipart form around the photo
_PIECE = 256 * 2**10
_FIELD_BYTES, _FIELDS = 200, 16
# What aiohttp raises for a form that strangers made up, or that ends in the middle; found by mutated requests.
_BROKEN = (
    ValueError,
    AssertionError,
    EOFError,
    LookupError,
    ConnectionResetError,  # they hung up: nobody hears the answer
    HttpProcessingError,
    web.RequestPayloadError,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """What came: a private file that lives as long as the block, its SHA-256, and the form's other fields."""

    path: Path
    digest: str
    content_type: str
    fields: Mapping[str, str]


@asynccontextmanager
async def receive(request: web.Request, folder: Path) -> AsyncIterator[Upload]:
    """The multipart form of `request` with its part `photo`. Raises ApiError; the file is deleted in every case."""
    if request.content_type != "multipart/form-data":
        raise wrong_request("multipart/form-data with a part named photo is wanted")
    if (request.content_length or 0) > MAX_PHOTO_BYTES + _OVERHEAD:
        raise refused(Reason.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    # mkstemp: 0600, a random name; the sender's name for the file is never looked at
    descriptor, name = await asyncio.to_thread(tempfile.mkstemp, dir=folder, prefix="photo-")
    path = Path(name)
    try:
        with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123  (a descriptor, not a path)
            fields, digest, head = await _read_form(request, file)
        yield Upload(path, digest, await asyncio.to_thread(_content_type, head), fields)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _read_form(request: web.Request, file: IO[bytes]) -> tuple[dict[str, str], str, bytes]:
    """Fields, the photo's digest and its first bytes."""
    fields: dict[str, str] = {}
    digest, head = "", b""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None or len(fields) >= _FIELDS:
                raise wrong_request("a part without a name, nested or one too many")
            if part.name == "photo":
                if digest:
                    raise wrong_request("one photo at a time")
                digest, head = await _save(part, file)
            else:
                fields[part.name] = await _text(part)
    except _BROKEN:
        raise wrong_request("a broken multipart form") from None
    if not digest:
        raise wrong_request("there is no part named photo")
    return fields, digest, head


async def _save(part: BodyPartReader, file: IO[bytes]) -> tuple[str, bytes]:
    total, hashing, head = 0, hashlib.sha256(), b""

    def write(piece: bytes) -> None:
        hashing.update(piece)
        file.write(piece)

    while piece := await part.read_chunk(_PIECE):
        total += len(piece)
        if total > MAX_PHOTO_BYTES:
            raise refused(Reason.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if len(head) < 512:
            head += piece[:512]
        await asyncio.to_thread(write, piece)
    if not total:
        raise refused(Reason.BROKEN_FILE, HTTPStatus.UNPROCESSABLE_ENTITY)
    return hashing.hexdigest(), head


async def _text(part: BodyPartReader) -> str:
    value = b""
    while piece := await part.read_chunk(_FIELD_BYTES + 1):
        value += piece
        if len(value) > _FIELD_BYTES:
            raise wrong_request("a field is too long")
    return value.decode("utf-8").strip()


def _content_type(head: bytes) -> str:
    """By the first bytes; what the sender says of it is not asked."""
    from pipeline.photo.decode import sniff  # noqa: PLC0415  (brings numpy and Pillow)

    kind = sniff(head)
    if kind is None:
        raise refused(Reason.NOT_AN_IMAGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return f"image/{kind}"
