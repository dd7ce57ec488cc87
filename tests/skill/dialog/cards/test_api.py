"""The client of the image API: what is asked, and errors of ours for all that can go wrong."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from skill.dialog.cards.api import ImageApiError
from tests.skill.dialog.cards.fake_image_api import Platform, serving

pytestmark = pytest.mark.asyncio


def jpeg() -> bytes:
    file = BytesIO()
    Image.effect_noise((64, 64), 90).save(file, "JPEG")
    return file.getvalue()


async def test_a_picture_is_uploaded_listed_and_deleted() -> None:
    platform, picture = Platform(), jpeg()
    async with serving(platform) as api:
        uploaded = await api.upload(picture)
        assert (uploaded.size, uploaded.created) == (len(picture), platform.clock())
        assert await api.listed() == (uploaded,)
        assert (await api.quota()).used == len(picture)
        await api.delete(uploaded.id)
        await api.delete(uploaded.id)  # not there any more
        assert await api.listed() == ()


@pytest.mark.parametrize(
    ("fault", "again", "seconds", "maybe", "locked"),
    [
        (web.HTTPInternalServerError, True, 0.0, True, False),
        (lambda: web.HTTPTooManyRequests(headers={"Retry-After": "17"}), True, 17.0, False, False),
        (web.HTTPBadRequest, False, 0.0, False, False),
        (web.HTTPForbidden, False, 0.0, False, True),
        ("cut", True, 0.0, True, False),
    ],
)
async def test_an_error_says_what_to_make_of_it(
    fault: Any, again: bool, seconds: float, maybe: bool, locked: bool
) -> None:
    async with serving(Platform(faults=[("POST", fault)] * 2)) as api:
        with pytest.raises(ImageApiError) as raised:
            await api.upload(jpeg())
    error = raised.value
    assert (error.again, error.seconds, error.maybe, error.locked) == (again, seconds, maybe, locked)


@pytest.mark.parametrize("answer", [{}, [1], "no quota", {"images": {"quota": {"total": None, "used": 1}}}])
async def test_a_strange_answer_is_an_error_of_ours(answer: object) -> None:
    platform = Platform(faults=[("GET", answer)])
    async with serving(platform) as api:
        with pytest.raises(ImageApiError):
            await api.quota()
        assert (await api.quota()).total == platform.total
