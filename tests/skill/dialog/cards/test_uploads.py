"""Pictures of cards against a server that behaves as the platform's documentation says, and worse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import web
from PIL import Image

from skill.demo_portrait import astronaut
from skill.dialog.cards.api import ImageApi
from skill.dialog.cards.picture import HEIGHT, WIDTH
from skill.dialog.cards.table import DOUBT, SENDING, PictureTable
from skill.dialog.cards.uploads import CardUploads
from tests.fake_clock import FakeClock
from tests.skill.database.databases import sqlite_database
from tests.skill.dialog.cards.fake_image_api import TOKEN, Platform, serving

pytestmark = pytest.mark.asyncio

KEEP = 3600.0


@pytest.fixture(scope="module")
def poster() -> bytes:
    return astronaut((512, 512))


class UploadFixture:
    """Card uploads to a platform. `rested`: seconds waited between two tries."""

    def __init__(self, platform: Platform, api: ImageApi, table: PictureTable, clock: FakeClock) -> None:
        self.platform, self.table, self.clock = platform, table, clock
        self.agreed: dict[str, bool] = {}
        self.rested: list[float] = []
        platform.clock = clock
        self.uploads = CardUploads(api, table, self._agreed, keep=KEEP, clock=clock, rest=self._rest)

    async def _agreed(self, job: str) -> bool:
        return self.agreed.get(job, True)

    async def _rest(self, seconds: float) -> None:
        self.rested.append(seconds)


@asynccontextmanager
async def open_upload_fixture(
    platform: Platform | None = None, path: Path | None = None, *, token: str = TOKEN, seconds: float = 20.0
) -> AsyncIterator[UploadFixture]:
    platform = platform or Platform()
    async with serving(platform, token=token, seconds=seconds) as api:
        with TemporaryDirectory() as folder:
            clock = FakeClock()
            database = sqlite_database(path or Path(folder), clock)
            try:
                yield UploadFixture(platform, api, PictureTable(database), clock)
            finally:
                await database.close()


async def test_a_poster_is_shown_whole_in_the_gallery_form(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        await s.uploads.upload("job-1", poster)
        ((key, body),) = s.platform.images.items()
        assert await s.table.picture_id("job-1") == key
        assert await s.table.picture_id("job-2") == ""
        assert len(body) < 2**20
        picture = Image.open(BytesIO(body))
        assert (picture.size, picture.format) == ((WIDTH, HEIGHT), "JPEG")
        await s.uploads.upload("job-1", poster)  # once is enough
        assert len(s.platform.images) == 1


async def test_without_consent_nothing_leaves_us(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        s.agreed["job-1"] = False
        await s.uploads.upload("job-1", poster)
        assert s.platform.asked == []


async def test_consent_that_is_taken_back_meanwhile_takes_the_picture_back(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        s.platform.on_upload = lambda: s.agreed.update({"job-1": False})
        await s.uploads.upload("job-1", poster)
        assert await s.table.picture_id("job-1") == ""
        await s.uploads.purge()
        assert s.platform.images == {}


async def test_what_is_deleted_with_us_is_deleted_there(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        for job in ("job-1", "job-2"):
            await s.uploads.upload(job, poster)
        await s.uploads.forget(["job-1", "unknown"])
        assert await s.table.picture_id("job-1") == ""
        assert s.uploads.wake.is_set()
        await s.uploads.purge()
        assert list(s.platform.images) == [await s.table.picture_id("job-2")]


@pytest.mark.parametrize("fault", [web.HTTPInternalServerError, web.HTTPTooManyRequests, "cut", web.HTTPUnauthorized])
async def test_a_deletion_that_fails_is_tried_until_it_is_done(poster: bytes, fault: object) -> None:
    async with open_upload_fixture() as s:
        await s.uploads.upload("job-1", poster)
        s.platform.faults = [("DELETE", fault)] * 4  # two each: aiohttp itself may try once more where a line is cut
        await s.uploads.forget(["job-1"])
        for wait in (60.0, 120.0):
            await s.uploads.purge()
            assert len(s.platform.images) == 1
            s.clock.now += wait - 1
            await s.uploads.purge()  # not yet
            s.clock.now += 1
        s.platform.faults.clear()
        await s.uploads.purge()
        assert s.platform.images == {}
        assert await s.table.known_ids() == frozenset()


async def test_what_is_gone_there_already_is_gone(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        await s.uploads.upload("job-1", poster)
        s.platform.images.clear()
        await s.uploads.forget(["job-1"])
        await s.uploads.purge()
        assert await s.table.known_ids() == frozenset()


async def test_a_job_that_is_deleted_anywhere_takes_its_picture_along(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        for job in ("job-1", "job-2"):
            await s.uploads.upload(job, poster)
        s.agreed["job-1"] = False  # it is not there any more, nobody told us
        await s.uploads.purge()
        assert list(s.platform.images) == [await s.table.picture_id("job-2")]


async def test_a_picture_lives_as_long_as_its_video(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        await s.uploads.upload("job-1", poster)
        s.clock.now += KEEP
        assert await s.table.picture_id("job-1") == ""
        await s.uploads.purge()
        assert s.platform.images == {}


async def test_a_restart_forgets_nothing(tmp_path: Path, poster: bytes) -> None:
    platform, path = Platform(), tmp_path
    async with open_upload_fixture(platform, path) as s:
        await s.uploads.upload("job-1", poster)
    async with open_upload_fixture(platform, path) as s:
        assert await s.table.picture_id("job-1") == next(iter(platform.images))
        await s.uploads.forget(["job-1"])
        await s.uploads.purge()
        assert platform.images == {}


async def test_a_platform_that_is_busy_is_asked_again_when_it_says(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        s.platform.faults = [
            ("POST", lambda: web.HTTPTooManyRequests(headers={"Retry-After": "17"})),
            ("GET", web.HTTPBadGateway),
        ]
        await s.uploads.upload("job-1", poster)
        assert await s.table.picture_id("job-1")
        assert s.rested == [2.0, 17.0]  # the first request of all is for the quota


async def test_a_platform_that_is_down_is_given_up(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        s.platform.faults = [("GET", web.HTTPServiceUnavailable) for _ in range(4)]
        await s.uploads.upload("job-1", poster)
        assert s.rested == [2.0, 8.0, 30.0]
        assert await s.table.picture_id("job-1") == ""
        await s.uploads.upload("job-1", poster)  # it may be tried anew
        assert await s.table.picture_id("job-1")


async def test_a_token_that_is_not_taken_is_not_tried_for_each_photo(poster: bytes) -> None:
    async with open_upload_fixture(token="old") as s:
        await s.uploads.upload("job-1", poster)
        await s.uploads.upload("job-2", poster)
        assert s.platform.asked == ["GET status"]
        s.clock.now += 600
        await s.uploads.upload("job-2", poster)
        assert len(s.platform.asked) == 2


async def test_room_is_made_of_what_was_not_of_use_for_longest(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        for job in ("job-1", "job-2", "job-3"):
            s.clock.now += 1
            await s.uploads.upload(job, poster)
        s.clock.now += 1
        assert await s.table.picture_id("job-1")
        size = s.platform.used // 3
        s.platform.total = 3 * size + 5000 + size // 2
        s.platform.foreign = 5000
        s.platform.images["foreign"], s.platform.made["foreign"] = b"x" * (size // 2), 0.0
        await s.uploads.upload("job-4", poster)
        assert [bool(await s.table.picture_id(f"job-{n}")) for n in (1, 2, 3, 4)] == [True, False, True, True]
        assert "foreign" in s.platform.images


async def test_where_there_is_no_room_of_ours_nothing_is_sent(poster: bytes) -> None:
    async with open_upload_fixture(Platform(total=5000, foreign=5000)) as s:
        await s.uploads.upload("job-1", poster)
        assert "POST images" not in s.platform.asked


@pytest.mark.parametrize("fault", ["stored", "slow"])
async def test_a_picture_whose_arrival_nobody_saw_is_found_and_deleted(poster: bytes, fault: str) -> None:
    async with open_upload_fixture(seconds=1.0 if fault == "slow" else 20.0) as s:
        s.platform.images["foreign"], s.platform.made["foreign"] = b"x" * 3000, s.clock.now
        s.platform.faults = [("POST", fault)]
        await s.uploads.upload("job-1", poster)  # the second try arrives
        shown = await s.table.picture_id("job-1")
        assert len(s.platform.images) == 3
        await s.uploads.purge()
        assert set(s.platform.images) == {"foreign", shown}
        s.clock.now += SENDING + DOUBT
        await s.uploads.purge()
        s.platform.asked.clear()
        await s.uploads.purge()
        assert s.platform.asked == []  # no more doubts


async def test_an_upload_that_a_crash_cut_off_is_found_too(tmp_path: Path, poster: bytes) -> None:
    platform, path = Platform(), tmp_path
    async with open_upload_fixture(platform, path) as s:
        arrived = asyncio.Event()

        async def hang() -> None:
            arrived.set()
            await platform.thaw.wait()

        platform.on_upload = hang
        task = asyncio.create_task(s.uploads.upload("job-1", poster))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(platform.images) == 1
    async with open_upload_fixture(platform, path) as s:
        s.clock.now += SENDING
        await s.uploads.purge()
        assert platform.images == {}


async def test_a_photo_that_is_deleted_while_it_is_sent_is_gone_in_the_end(poster: bytes) -> None:
    async with open_upload_fixture() as s:
        s.platform.on_upload = lambda: s.uploads.forget(["job-1"])
        await s.uploads.upload("job-1", poster)
        assert s.uploads.wake.is_set()
        assert await s.table.picture_id("job-1") == ""
        await s.uploads.purge()
        assert s.platform.images == {}


async def test_what_is_no_picture_is_not_sent(tmp_path: Path) -> None:
    async with open_upload_fixture() as s:
        await s.uploads.upload("job-1", b"no picture")
        await s.uploads.upload("job-1", tmp_path / "missing.jpg")
        assert s.platform.asked == []
