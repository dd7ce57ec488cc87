"""The whole way with the real pipeline: a portrait in, a clip in the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import pytest

from pipeline.run import Wish
from skill.demo_portrait import astronaut
from skill.jobs.model import JobState
from skill.jobs.sqlite import SqliteQueue
from skill.jobs.worker import Worker
from skill.settings import load
from skill.worker_app import render_entry
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.queue_fixture import ended
from weights.store import WeightStore

pytestmark = pytest.mark.asyncio


async def test_a_portrait_comes_alive(built_weights: WeightStore, tmp_path: Path) -> None:
    queue, store = await SqliteQueue.open(tmp_path / "jobs.db"), FolderStore(tmp_path / "media")
    wish = Wish(seconds=2.0, long_side=320)
    good = await queue.put("anna", store.bring(astronaut()), wish, digest="d")
    bad = await queue.put("boris", store.bring(b"GIF89a, they said"), wish, digest="d")
    stop = asyncio.Event()
    worker = Worker(queue, store, render_entry(load({"data_dir": tmp_path})), folder=tmp_path / "work", keep=60.0)
    working = asyncio.create_task(worker.run(stop))
    await ended(queue, good.id, bad.id, within=60)
    stop.set()
    await working
    done, refused = await queue.get(good.id), await queue.get(bad.id)
    assert done is not None and refused is not None
    assert (done.state, [name for name, _ in done.results]) == (JobState.DONE, ["mp4", "gif", "jpg"])
    assert (refused.state, refused.reason) == (JobState.REFUSED, "broken_file")
    with av.open(str(store.folder / dict(done.results)["mp4"])) as clip:
        video = clip.streams.video[0]
        assert (video.width, video.height, video.frames) == (320, 320, 50)
    assert store.names() == {key for _, key in done.results}
    await queue.close()
