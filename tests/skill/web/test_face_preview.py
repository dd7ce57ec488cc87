"""Preview of the faces of a photo: only of the photo that came, and nothing of it is kept."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image, ImageOps

from pipeline.errors import PhotoError, Reason
from skill.demo_portrait import astronaut
from skill.web.auth import TICKET_HEADER
from skill.web.face_preview import FaceLocator, FacesView, FaceView
from tests.skill.web.conftest import JPEG, Open, Service
from weights.store import WeightStore

FOUND = FacesView(faces=[FaceView(number=1, left=0.1, top=0.2, width=0.3, height=0.4)], picture="")


async def post_photo(s: Service, token: str, photo: bytes, **fields: str) -> aiohttp.ClientResponse:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("photo", BytesIO(photo), filename="family.jpg")
    return await s.client.post("/api/v1/faces", data=form, headers={TICKET_HEADER: token})


@pytest.mark.asyncio
async def test_only_of_the_photo_that_came(service: Open) -> None:
    async with service(find_faces=lambda photo, side, turn: FOUND, long_side=900) as s:
        token = (await s.issue()).token
        assert (await post_photo(s, token, JPEG)).status == 409
        await s.send(token)
        answer = await post_photo(s, token, JPEG)
        assert FacesView.model_validate(await answer.json()) == FOUND
        assert (await post_photo(s, token, JPEG + b"other")).status == 409
        assert (await post_photo(s, "x" * 43, JPEG)).status == 401
        assert s.incoming() == []


@pytest.mark.asyncio
async def test_a_turned_photo_is_looked_at_turned(service: Open) -> None:
    turns = []

    def remember(photo: Path, side: int, turn: int) -> FacesView:
        turns.append(turn)
        return FOUND

    async with service(find_faces=remember) as s:
        token = (await s.issue()).token
        await s.send(token)
        assert (await post_photo(s, token, JPEG, turn="270")).status == 200
        assert (await post_photo(s, token, JPEG, turn="45")).status == 400
        assert turns == [270]


@pytest.mark.asyncio
async def test_a_broken_photo_is_told(service: Open) -> None:
    def fail(photo: Path, side: int, turn: int) -> FacesView:
        raise PhotoError(Reason.BROKEN_FILE)

    async with service(find_faces=fail) as s:
        token = (await s.issue()).token
        await s.send(token)
        answer = await post_photo(s, token, JPEG)
        assert (answer.status, (await answer.json())["error"]["code"]) == (422, "broken_file")
        assert s.incoming() == []


def test_faces_are_numbered_from_the_left(tmp_path: Path, built_weights: WeightStore) -> None:
    portrait = Image.open(BytesIO(astronaut())).convert("RGB").crop((100, 0, 360, 300))
    both = Image.new("RGB", (520, 300))
    both.paste(portrait, (0, 0))
    both.paste(ImageOps.mirror(portrait), (260, 0))
    both.save(tmp_path / "two.png")
    found = FaceLocator()(tmp_path / "two.png", 2560)
    assert [face.number for face in found.faces] == [1, 2]
    left, right = found.faces
    assert 0.1 < left.left < left.left + left.width < 0.5 < right.left < 0.9
    assert 0.2 < left.top + left.height / 2 < 0.8
    assert Image.open(BytesIO(base64.b64decode(found.picture))).size == (520, 300)
