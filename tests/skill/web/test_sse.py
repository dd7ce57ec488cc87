"""Events of a job, as they come over a real connection."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from skill.jobs.estimate import Estimate
from skill.jobs.model import Job, JobState
from tests.skill.web.conftest import Open, begin_job, open_service

pytestmark = pytest.mark.asyncio


async def test_events_and_polling_agree(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begin_job(s))['id']}"
        job = s.queue.only.id
        polled = [await (await s.client.get(path)).json()]
        events: list[dict[str, Any]] = []
        s.store.objects["clip"] = b"mp4"
        turns: list[tuple[JobState, dict[str, Any]]] = [
            (JobState.RUNNING, {"step": "faces", "share": 0.5}),
            (JobState.RUNNING, {"step": "animate", "share": 0.5}),
            (JobState.RUNNING, {"step": "encode", "share": 0.9}),
            (JobState.DONE, {"results": (("mp4", "clip"), ("gif", "gone")), "step": ""}),
        ]
        async with s.client.get(f"{path}/events") as answer:
            assert answer.content_type == "text/event-stream"
            async for line in answer.content:
                if not line.startswith(b"data: "):
                    continue
                events.append(json.loads(line[6:]))
                if turns:
                    state, facts = turns.pop(0)
                    s.queue.becomes(job, state, **facts)
                    polled.append(await (await s.client.get(path)).json())
        assert events == polled
        assert [one["progress"] for one in events] == sorted(one["progress"] for one in events)
        assert [one["says"] for one in events][1:] == ["Ищу лицо", "Оживляю", "Сохраняю видео", "Готово"]
        assert [link["format"] for link in events[-1]["results"]] == ["mp4"]
        assert events[-1]["results"][0]["download"].endswith("ozhivi.mp4")


async def test_a_look_asks_for_the_job_and_its_estimate_at_once(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the database answers both in one transaction."""
    async with service() as s:
        path = f"/api/v1/animations/{(await begin_job(s))['id']}"
        get, estimate, asked = s.queue.get, s.queue.estimate, list[str]()

        async def slow_get(job: str) -> Job | None:
            asked.append("job")
            await asyncio.sleep(0.01)
            asked.append("job is known")
            return await get(job)

        async def noted_estimate(job: str) -> Estimate | None:
            asked.append("estimate")
            return await estimate(job)

        monkeypatch.setattr(s.queue, "get", slow_get)
        monkeypatch.setattr(s.queue, "estimate", noted_estimate)
        async with s.client.get(f"{path}/events") as answer:
            async for line in answer.content:
                if line.startswith(b"data: "):
                    break
        found = asked.index("estimate")
        assert asked[found - 1 : found + 2] == ["job", "estimate", "job is known"]


async def test_events_tell_of_a_deletion(service: Open) -> None:
    async with service() as s:
        path = f"/api/v1/animations/{(await begin_job(s))['id']}"
        async with s.client.get(f"{path}/events") as answer:
            states = []
            async for line in answer.content:
                if line.startswith(b"data: "):
                    states.append(json.loads(line[6:])["state"])
                    if states == ["waiting"]:
                        await s.client.delete(path)
        assert states == ["waiting", "deleted"]


async def test_a_stream_that_is_cut_goes_on_at_another_node(tmp_path: Path) -> None:
    """What the page knows is not said again, what happened meanwhile is."""
    secret = "s" * 32
    async with open_service(tmp_path / "a", secrets=secret) as a, open_service(tmp_path / "b", secrets=secret) as b:
        b.queue.jobs = a.queue.jobs
        path = f"/api/v1/animations/{(await begin_job(a))['id']}/events"
        job = a.queue.only.id
        a.queue.becomes(job, JobState.RUNNING, step="faces", share=0.5)
        async with a.client.get(path) as answer:
            known = [(await answer.content.readline()).decode() for _ in range(4)][2]
            assert known.startswith("id: ")
        heard = list[str]()
        async with b.client.get(path, headers={"Last-Event-ID": known[4:].strip()}) as answer:
            await answer.content.readline()
            a.queue.becomes(job, JobState.RUNNING, step="animate", share=0.5)
            async for line in answer.content:
                if line.startswith(b"data: "):
                    heard.append(json.loads(line[6:])["says"])
                    a.queue.becomes(job, JobState.DONE, step="")
        assert heard == ["Оживляю", "Готово"]
        async with b.client.get(path, headers={"Last-Event-ID": "unknown"}) as answer:
            assert b"data: " in await answer.read()
