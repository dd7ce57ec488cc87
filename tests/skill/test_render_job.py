"""The whole way with the real pipeline: a portrait in, a clip in the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.motion.mood import Mood
from pipeline.output.encode import Clip
from pipeline.run import Result, Wish
from skill.database.database import Database
from skill.demo_portrait import astronaut
from skill.jobs.model import REMARKS, JobState
from skill.jobs.queue import JobQueue
from skill.jobs.worker import Worker
from skill.render_job import remark_of
from skill.settings import load
from skill.worker_app import render_entry
from tests.skill.jobs.folder_store import FolderStore
from tests.skill.jobs.queue_fixture import ended
from weights.store import WeightStore
from weights.train import damage

pytestmark = pytest.mark.asyncio


def faded(file: bytes) -> bytes:
    picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".png", damage.fade(picture, 0.45, 0.6))[1].tobytes()


def levels(file: Path) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)


async def test_a_portrait_comes_alive(built_weights: WeightStore, tmp_path: Path, sqlite: Database) -> None:
    queue, store = JobQueue(sqlite), FolderStore(tmp_path / "media")
    wish = Wish(seconds=2.0, long_side=320, restore="auto")
    good = await queue.put("anna", store.bring(faded(astronaut())), wish, digest="d")
    bad = await queue.put("boris", store.bring(b"GIF89a, they said"), wish, digest="d")
    stop = asyncio.Event()
    worker = Worker(queue, store, render_entry(load({"data_dir": tmp_path})), folder=tmp_path / "work", keep=60.0)
    working = asyncio.create_task(worker.run(stop))
    await ended(queue, good.id, bad.id, within=60)
    stop.set()
    await working
    done, refused = await queue.get(good.id), await queue.get(bad.id)
    assert done is not None and refused is not None
    assert (done.state, [name for name, _ in done.results]) == (
        JobState.DONE,
        ["mp4", "gif", "jpg", "still", "before"],
    )
    assert (refused.state, refused.reason) == (JobState.REFUSED, "broken_file")
    with av.open(str(store.folder / dict(done.results)["mp4"])) as clip:
        video = clip.streams.video[0]
        assert (video.width, video.height, video.frames) == (320, 320, 50)
    still, before = (levels(store.folder / dict(done.results)[name]) for name in ("still", "before"))
    assert still.shape == before.shape == (320, 320) and still.std() > 1.5 * before.std()
    assert store.names() == {key for _, key in done.results}


@pytest.mark.parametrize(
    ("moods", "left_out", "remark"),
    [
        (("stern",), 0, "stern"), (("",), 0, ""), (("stern", "stern"), 0, "stern"), (("stern", "smiling"), 0, ""),
        (("stern",), 3, "largest_faces"), ((), 0, ""),
    ],
)  # fmt: skip
async def test_the_reason_of_a_motion_is_said_where_there_is_one(
    moods: tuple[str, ...], left_out: int, remark: str
) -> None:
    clip = Clip({}, 50, 25, (320, 320), 2.0)
    result = Result(clip, (), (), {}, {}, left_out, moods=tuple(map(Mood, moods)))
    assert remark_of(result) == remark in REMARKS
