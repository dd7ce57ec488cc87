"""Events of a job, as they come over a real connection."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skill.jobs.model import JobState
from tests.skill.web.conftest import Open, begin_job

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
