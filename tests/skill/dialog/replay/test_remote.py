"""Replays at a running server: consent and photos are real, what can't be done there is said loudly.

The server is a rig's, over its address alone; what stands for its worker ends each job after a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from skill.demo_portrait import astronaut
from skill.dialog.replay.player import PlayResult, replay
from skill.dialog.replay.remote import RemoteService, Server
from skill.dialog.replay.report import failures, format_report, summarize
from skill.dialog.replay.script import Script, read_script
from skill.dialog.replay.service_rig import ServiceRig, open_service_rig
from skill.jobs.model import Done, JobEnd, Refusal
from tests.skill.dialog.replay.script_fixture import HERE, SCENES, build_script, server_of

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def working(rig: ServiceRig, end: JobEnd | None = None) -> AsyncIterator[list[str]]:
    """A worker for the rig, which ends jobs with `end`, else with a clip; the gestures of those that it had."""
    seen: list[str] = []

    async def work() -> None:
        while True:
            job = await rig.queue.lease("worker", 60.0)
            if job is None:
                await asyncio.sleep(0.01)
                continue
            await asyncio.sleep(0.3)
            seen.append("+".join(job.wish.gestures))
            clip = rig.folder / "clip"
            await asyncio.to_thread(clip.write_bytes, b"a clip")
            key = await rig.store.put(clip, content_type="video/mp4", seconds=3600)
            await rig.queue.finish(job.id, "worker", end or Done((("mp4", key), ("jpg", key))))

    task = asyncio.create_task(work())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait({task})


async def play_at(rig: ServiceRig, *scripts: tuple[Path, Script], photo: bytes | None = None) -> list[PlayResult]:
    """The results at the rig as a running server."""
    return await replay(scripts, server_of(rig, photo))


def scenes(*names: str) -> list[tuple[Path, Script]]:
    """Scenes from life, by their files' names."""
    return [(SCENES / f"{name}.json", read_script(SCENES / f"{name}.json")) for name in names]


async def test_consent_is_given_and_a_photo_sent_by_link_and_code() -> None:
    steps: list[dict[str, Any]] = [
        {"do": "agreed"},
        {"say": "оживи фото", "expect": {"says": ["by_code"]}, "on": {"screen": {"says": ["by_link"]}}},
        {"do": "photo", "gestures": ["smile"]},
        {"say": "готово?", "expect": {"heard": ["{wait}"]}},
        {"do": "taken"},
        {"do": "done"},
        {"say": "готово?", "on": {"screen": {"says": ["ready_screen"]}, "speaker": {"says": ["ready_page"]}}},
    ]
    async with open_service_rig() as rig, working(rig) as seen:
        results = await play_at(rig, (HERE, build_script(*steps, modes=[])), photo=astronaut())
        assert not failures(results), format_report(results)
        assert [(one.turns, one.skipped) for one in results] == [(3, 0)] * 4
        assert seen == ["smile"] * 4
        stored = rig.store.keys()
        assert [key async for key in stored] == []  # deleted in the end, as a person would do it
        assert await rig.queue.waiting() == (0, 0.0)


async def test_what_can_not_be_done_from_afar_is_said_loudly() -> None:
    names = ("greeting-first-time", "greeting-ways-to-leave", "protocol-too-large")
    async with open_service_rig() as rig, working(rig):
        later = (HERE, build_script({"say": ""}, {"do": "later", "seconds": 5}, {"say": "помощь"}, {"say": "да"}))
        results = await play_at(rig, *scenes(*names), later, photo=None)
    assert not failures(results), format_report(results)
    skipped = {one.path.stem: (one.skipped, one.reason) for one in results if one.skipped}
    assert skipped == {"scene": (2, "«later»: it needs the inside of the service")}
    report = format_report(results)
    assert "! NOT PLAYED: 2 turns after «later»: it needs the inside of the service" in report
    assert "Проба" in report
    assert f"2 of {sum(one.turns for one in results) + 2} turns were NOT PLAYED" in report.splitlines()[-1]


async def test_without_a_portrait_or_after_a_refusal_the_script_ends() -> None:
    script = build_script({"do": "agreed"}, {"say": "оживи фото"}, {"do": "photo"}, {"do": "done"}, {"say": "готово?"})
    async with open_service_rig() as rig:
        (result,) = await play_at(rig, (HERE, script), photo=None)
        assert result.reason == "«photo»: there is no portrait to send; name one with --photo"
        async with working(rig, Refusal("no_face")):
            (result,) = await play_at(rig, (HERE, script), photo=astronaut())
        assert result.reason == "«done»: the job is refused"
        (result,) = await play_at(rig, (HERE, script), photo=b"no picture")
        assert result.reason == "«photo»: the server answers 415 not_an_image"
    assert (result.turns, result.skipped) == (1, 1)
    assert summarize([result]).endswith("1 of 2 turns were NOT PLAYED")


async def test_a_server_that_does_not_answer_is_a_difference(unused_tcp_port: int) -> None:
    server = Server(f"http://127.0.0.1:{unused_tcp_port}", {"alice": "s" * 32})
    (result,) = await replay([(HERE, build_script({"say": ""}))], server)
    (difference,) = result.mismatches[0].differences
    assert (difference.what, difference.got) == ("connection", "ClientConnectorError")
    (result,) = await replay([(HERE, build_script({"do": "agreed"}, {"say": ""}))], server)
    assert result.reason == "«agreed»: ClientConnectorError"


async def test_the_secret_is_shown_nowhere() -> None:
    async with aiohttp.ClientSession() as client:
        assert "s" * 32 not in repr(RemoteService(client, Server("http://127.0.0.1", {"alice": "s" * 32}, b"photo")))
