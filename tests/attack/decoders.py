"""Photos that were made to keep a decoder or a renderer busy, and the person who comes next."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections import Counter
from itertools import islice
from typing import Any, Final

import aiohttp
from PIL import Image

from skill.demo_portrait import astronaut
from skill.web.auth import KEY_HEADER, USER_HEADER
from tests.attack.arena import KEY, Arena
from tests.attack.attack import attack
from tests.pipeline.photo.cost.files import (
    EMPTY_SCAN,
    before_end,
    before_first_frame,
    behind_header,
    behind_signature,
    chunk,
    run_length_bmp,
    segment,
    tiled_tiff,
)
from tests.pipeline.photo.icc_profiles import chained
from tests.pipeline.photo.pictures import picture, saved
from tests.small_portrait import small_portrait

JOB_SECONDS: Final = 20.0
"""Seconds in which a hostile photo is over, and an honest one behind it is done: a job of 512 pixels takes three."""
CROWD_SECONDS: Final = 150.0
"""Seconds in which a crowd is done; a render may take 300, and a crowd of 100 took more."""
MEBIBYTES: Final = 100.0
"""Growth of the server's memory: no stranger's photo is decoded in it."""


def hostile_photos(size: int) -> dict[str, bytes]:
    """Photos that cost much, by name. `size`: bytes of each, about."""
    progressive, plain = saved(picture(2_000, 1_500), "JPEG", progressive=True), saved(picture(), "JPEG")
    return {
        "scans": before_end(progressive, EMPTY_SCAN * (size // len(EMPTY_SCAN))),
        "markers": behind_signature(plain, segment(0xE0, b"") * (size // 4)),
        "chunks": behind_header(saved(picture(), "PNG"), chunk(b"abCd") * (size // 12)),
        "comments": before_first_frame(saved(picture(), "GIF"), b"!\xfe" + b"\1a" * (size // 2) + b"\0"),
        "tiles": tiled_tiff(size // 8 // 100, 100, (1, 1)),
        "runs": run_length_bmp(65_535, 760, b"\1\0\0\0" * 800),
        "profile": saved(picture(), "JPEG", icc_profile=chained(3_000)),
    }


@attack(
    "A photo that was made to keep a decoder busy is over in seconds, and the next person is served.",
    workers="1", long_side="512", queue_limit="50", user_limit="50",
)  # fmt: skip
async def decoders(arena: Arena) -> None:
    """Photos of many structures as jobs and to the search for faces, an honest portrait behind each."""
    photos = dict(islice(hostile_photos(arena.size(12, 1) * 2**20).items(), arena.size(7, 2)))
    portrait = astronaut() if arena.size(1, 0) else small_portrait()
    ends, faces, slowest = Counter[str](), Counter[int](), 0.0
    async with arena.session() as client:
        await _end_of(client, "granny", portrait, seconds=2)  # the models are opened before anything is measured
        before = arena.service.memory()
        async with arena.honest_turns():
            for name, photo in photos.items():
                began = time.monotonic()
                bad, good, looked = await asyncio.gather(
                    _end_of(client, f"stranger {name}", photo, seconds=2),
                    _end_of(client, f"granny {name}", portrait, seconds=2),
                    _find_faces(client, photo),
                )
                ends[f"{bad['state']} {bad['reason']}".strip()] += 1
                faces[looked] += 1
                slowest = max(slowest, time.monotonic() - began)
                arena.findings.expect(good["state"] == "done", f"an honest photo behind {name} is animated: {good}")
        after = arena.service.memory()
    arena.findings.count(
        photos=len(photos), ends=dict(ends), faces=dict(faces), slowest=f"{slowest:.1f} s",
        memory=f"{before:.0f} → {after:.0f} MiB",
    )  # fmt: skip
    arena.findings.expect(slowest <= arena.seconds(JOB_SECONDS), f"over in {JOB_SECONDS:g} s")
    arena.findings.expect(after - before < MEBIBYTES, "the server's memory does not grow")
    arena.findings.expect(set(faces) <= {200, 422, 503}, "the search for faces answers")
    left = arena.service.files("incoming", "work")
    arena.findings.expect(not left, f"no photo is left: {left[:3]}")


@attack("Of a crowd the largest faces move, within a render's time, and the person hears of it.",
        workers="1", long_side="1600", children="off", readable="0")  # fmt: skip
async def crowd(arena: Arena) -> None:
    """`face=all` on a photo of many people."""
    people = arena.size(100, 17)
    async with arena.session() as client:
        began = time.monotonic()
        photo = crowded(people, arena.size(150, 105))
        end = await _end_of(client, "family", photo, seconds=arena.size(6, 2), face="all")
        seconds = time.monotonic() - began
    arena.findings.count(people=people, end=f"{end['state']} {end['remark'] or end['reason']}", took=f"{seconds:.0f} s")
    arena.findings.expect(end["state"] == "done", f"it is animated: {end['state']} {end['reason']}")
    arena.findings.expect(end["remark"] == "largest_faces", "the person hears that only the largest faces move")
    arena.findings.expect(seconds <= arena.seconds(CROWD_SECONDS), f"done in {CROWD_SECONDS:g} s")


def crowded(people: int, size: int) -> bytes:
    """A photo of so many people side by side and below each other, so many pixels wide each."""
    face = Image.open(io.BytesIO(astronaut())).convert("RGB").crop((150, 0, 310, 210)).resize((size, size * 13 // 10))
    columns, step = 10, size + 10
    whole = Image.new("RGB", (columns * step, face.height * -(-people // columns)), "gray")
    for number in range(people):
        whole.paste(face, (number % columns * step, number // columns * face.height))
    return saved(whole, "JPEG")


async def _end_of(client: aiohttp.ClientSession, user: str, photo: bytes, **fields: object) -> Any:
    """The last view of a job on this photo."""
    form = aiohttp.FormData({name: str(value) for name, value in fields.items()})
    form.add_field("photo", io.BytesIO(photo), filename="photo")
    headers = {KEY_HEADER: KEY, USER_HEADER: user}
    async with client.post("/api/v1/animations", data=form, headers=headers) as answer:
        job = await answer.json()
        assert answer.status == 202, job
    timeout = aiohttp.ClientTimeout(total=400)
    async with client.get(f"/api/v1/animations/{job['id']}/events", timeout=timeout) as events:
        views = [json.loads(line[6:]) async for line in events.content if line.startswith(b"data: ")]
    return views[-1]


async def _find_faces(client: aiohttp.ClientSession, photo: bytes) -> int:
    """Status of a search for the faces of a photo."""
    form = aiohttp.FormData()
    form.add_field("photo", io.BytesIO(photo), filename="photo")
    async with client.post("/api/v1/faces", data=form, headers={KEY_HEADER: KEY}) as answer:
        await answer.read()
        return answer.status
