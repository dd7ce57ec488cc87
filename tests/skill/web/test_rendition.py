"""Renditions over HTTP: whoever knows the clip may have them; they are among its results, and gone with it."""

from __future__ import annotations

import pytest

from skill.jobs.model import JobState
from tests.skill.web.conftest import Open, Service, begin_job, error_code
from tests.skill.web.fakes import copy_clip

pytestmark = pytest.mark.asyncio


async def finished(s: Service) -> str:
    """The id, for clients, of a job that is done."""
    job = await begin_job(s)
    s.store.objects |= {"k1": b"clip", "k2": b"poster"}
    s.queue.becomes(s.queue.only.id, JobState.DONE, results=(("mp4", "k1"), ("jpg", "k2")), expires=9e9)
    return str(job["id"])


async def test_one_is_made_shown_and_deleted(service: Open) -> None:
    async with service(make_rendition=copy_clip) as s:
        job = await finished(s)
        address = f"/api/v1/animations/{job}"
        answer = await s.client.post(f"{address}/renditions/messenger-square")
        made = await answer.json()
        assert (answer.status, made["format"]) == (200, "messenger-square")
        assert made["download"].endswith("?d=ozhivi-messenger-square.mp4")
        results = (await (await s.client.get(address)).json())["results"]
        assert [one["format"] for one in results] == ["mp4", "jpg", "messenger-square"]
        assert made in results
        busy = await s.client.post(f"{address}/renditions/wallpaper-clip")
        assert (busy.status, await error_code(busy)) == (503, "unavailable")
        assert (await s.client.post(f"{address}/renditions/cinema")).status == 404
        assert (await s.client.post(f"/api/v1/animations/{'x' * 44}/renditions/messenger")).status == 404
        assert (await s.client.delete(address)).status == 204
        assert (await s.client.post(f"{address}/renditions/messenger")).status == 404
        assert s.store.objects == {}


async def test_there_is_none_before_the_clip(service: Open) -> None:
    async with service(make_rendition=copy_clip) as s:
        job = await begin_job(s)
        answer = await s.client.post(f"/api/v1/animations/{job['id']}/renditions/messenger")
        assert (answer.status, await error_code(answer)) == (404, "not_found")
