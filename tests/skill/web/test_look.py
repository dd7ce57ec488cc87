"""The page that only shows a clip."""

from __future__ import annotations

import pytest

from skill.jobs.model import JobState
from skill.web.auth import TICKET_HEADER
from tests.skill.web.conftest import Open, Service, begin_job
from tests.skill.web.fakes import copy_clip

pytestmark = pytest.mark.asyncio


async def look_page(s: Service) -> tuple[str, str]:
    """The paths of a finished job and of the page that shows its clip."""
    path = f"/api/v1/animations/{(await begin_job(s))['id']}"
    assert (await s.client.get(f"{path}/look")).status == 404  # there is nothing to look at yet
    s.store.objects |= {"clip": b"mp4", "poster": b"jpg"}
    s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("mp4", "clip"), ("jpg", "poster")))
    return path, (await (await s.client.get(f"{path}/look")).json())["page"]


async def test_it_shows_the_clip_with_a_preview_for_messengers(service: Open) -> None:
    async with service(public_url="https://photo.example.ru") as s:
        _, page = await look_page(s)
        text = await (await s.client.get(page)).text()
        for name in ("og:image", "og:video"):
            assert f'<meta property="{name}" content="https://photo.example.ru{page}/' in text
        for file, key in (("clip.mp4", "clip"), ("poster.jpg", "poster")):
            answer = await s.client.get(f"{page}/{file}", allow_redirects=False)
            assert (answer.status, answer.headers["Location"]) == (302, f"/m/{key}?d=")


async def test_a_rendition_has_a_page_of_its_own_that_shows_nothing_else(service: Open) -> None:
    async with service(make_rendition=copy_clip) as s:
        path, whole = await look_page(s)
        assert (await s.client.get(f"{path}/look?rendition=cinema")).status == 404
        assert (await s.client.post(f"{path}/renditions/person")).status == 200
        page = (await (await s.client.get(f"{path}/look?rendition=person")).json())["page"]
        assert page != whole and whole not in page
        text = await (await s.client.get(page)).text()
        assert f"{page}/clip.mp4" in text and "poster.jpg" not in text
        answer = await s.client.get(f"{page}/clip.mp4", allow_redirects=False)
        clip = (await s.client.get(f"{whole}/clip.mp4", allow_redirects=False)).headers["Location"]
        assert answer.status == 302 and answer.headers["Location"] != clip
        assert (await s.client.get(f"{page}/poster.jpg")).status == 404  # who is beside the person


async def test_it_can_delete_nothing_and_ends_with_the_clip(service: Open) -> None:
    async with service() as s:
        path, page = await look_page(s)
        look = page.rpartition("/")[2]
        assert look not in path
        for method, address in (("DELETE", f"/api/v1/animations/{look}"), ("GET", f"/api/v1/animations/{look}")):
            assert (await s.client.request(method, address)).status == 404
        for address in (f"/u/{look}", f"/v/{path.rpartition('/')[2]}", f"/v/{look[:-1]}A", f"{page}/clip.gif"):
            assert (await s.client.get(address)).status in {404, 410}
        denied = await s.client.delete("/api/v1/animations", headers={TICKET_HEADER: look})
        assert denied.status == 401
        assert (await s.client.delete(page)).status == 405
        assert len(s.queue.jobs) == 1
        assert (await s.client.delete(path)).status == 204
        for address in (page, f"{page}/clip.mp4"):
            assert (await s.client.get(address)).status == 404
