"""Bodies of requests: compressed in the usual ways, broken, too large, or in a way that nobody understands."""

from __future__ import annotations

import gzip
import io
import json
import logging
import zlib
from pathlib import Path

import pytest

from skill.dialog import fallback
from skill.dialog.request_body import LARGEST
from skill.logs import configure
from tests.skill.dialog import messages
from tests.skill.dialog.webhook_fixture import EchoDialog, open_webhook_client

pytestmark = pytest.mark.asyncio
RAW = json.dumps(messages.alice("готово")).encode()


def deflated(raw: bytes, bits: int) -> bytes:
    compressor = zlib.compressobj(wbits=bits)
    return compressor.compress(raw) + compressor.flush()


COMPRESSED = {
    "identity": RAW, "gzip": gzip.compress(RAW), "X-GZip": gzip.compress(RAW), "deflate": deflated(RAW, 15),
    "Deflate": deflated(RAW, -15), "": b"\xef\xbb\xbf" + RAW,
}  # fmt: skip
BROKEN = {
    "no gzip": ("gzip", RAW), "half of it": ("gzip", gzip.compress(RAW)[:100]), "empty": ("gzip", b""),
    "no deflate": ("deflate", b"\xff\xff\xff"), "half a deflate": ("deflate", deflated(RAW, 15)[:100]),
}  # fmt: skip


@pytest.mark.parametrize(("encoding", "body"), COMPRESSED.items())
async def test_what_is_compressed_in_a_usual_way_is_answered(tmp_path: Path, encoding: str, body: bytes) -> None:
    async with open_webhook_client(tmp_path, EchoDialog()) as client:
        headers = {"Content-Encoding": encoding} if encoding else {}
        status, answer = await client.post(body, **headers)
        assert (status, json.loads(answer)["response"]["text"]) == (200, "1. готово")


@pytest.mark.parametrize(("encoding", "body"), BROKEN.values(), ids=BROKEN)
async def test_what_is_broken_is_asked_for_again_and_no_error_of_ours(
    tmp_path: Path, encoding: str, body: bytes
) -> None:
    log, dialog = io.StringIO(), EchoDialog()
    handlers = list(logging.getLogger().handlers)
    configure("info", log)
    async with open_webhook_client(tmp_path, dialog) as client:
        status, answer = await client.post(body, **{"Content-Encoding": encoding})
        assert (status, json.loads(answer)["response"]["text"]) == (200, fallback.UNCLEAR.text)
        assert 'outcome="unclear"' in await client.metrics()
    assert not dialog.turns
    assert '"level": "error"' not in log.getvalue()
    logging.getLogger().handlers[:] = [one for one in handlers if type(one).__module__ != "skill.logs"]


async def test_what_grows_too_large_is_refused(tmp_path: Path) -> None:
    async with open_webhook_client(tmp_path, EchoDialog()) as client:
        for raw, status in ((b" " * LARGEST, 200), (b" " * (LARGEST + 1), 413), (b" " * 50_000_000, 413)):
            assert (await client.post(gzip.compress(raw), **{"Content-Encoding": "gzip"}))[0] == status


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, br", "nonsense"])
async def test_other_ways_are_refused_by_a_status(tmp_path: Path, encoding: str) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        assert (await client.post(RAW, **{"Content-Encoding": encoding}))[0] == 415
        assert (await client.post(RAW, "/alice/" + "x" * 32, **{"Content-Encoding": encoding}))[0] == 404
        assert await client.text_of(messages.alice("раз")) == "1. раз"
    assert len(dialog.turns) == 1
