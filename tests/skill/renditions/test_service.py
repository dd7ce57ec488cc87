"""Renditions of jobs: made once, kept as long as the clip, deleted with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.run import Wish
from skill.animations import Animations, GoneError
from skill.jobs.model import Job, JobState
from skill.media.store import MediaMissingError
from skill.renditions.maker import Fetch, MadeRendition, RenditionUnavailableError
from skill.renditions.service import Renditions
from tests.skill.web.fakes import FakeQueue, FakeStore

pytestmark = pytest.mark.asyncio


class Scene:
    """A job that is done, and a maker that joins its files."""

    def __init__(self, folder: Path) -> None:
        self.queue, self.store, self.folder = FakeQueue(), FakeStore(), folder
        self.made: list[str] = []
        self.meanwhile = ""
        self.signed: list[tuple[str, ...]] = []
        self.renditions = Renditions(self.queue, self.store, self.make, sign=self.sign)

    def sign(self, file: Path, kind: str, restored: Sequence[str]) -> bool:
        self.signed.append((kind, *restored))
        return True

    @asynccontextmanager
    async def make(self, name: str, fetch: Fetch) -> AsyncIterator[MadeRendition]:
        await fetch("mp4", self.folder / "clip")
        await fetch("jpg", self.folder / "poster")
        self.made.append(name)
        if self.meanwhile == "deleted":
            await Animations(self.queue, self.store, self.folder).delete(self.queue.only.id)
        if self.meanwhile == "made":
            await self.queue.add_result(self.queue.only.id, name, "theirs")
        if self.meanwhile == "busy":
            raise RenditionUnavailableError("too many wait")
        (self.folder / "out").write_bytes((self.folder / "clip").read_bytes() + name.encode())
        yield MadeRendition(self.folder / "out", ("colour",))

    async def job(self) -> Job:
        asked = await self.queue.put("anna", "photo", Wish(), digest="digest")
        self.store.objects |= {"k1": b"clip", "k2": b"poster"}
        results = (("mp4", "k1"), ("jpg", "k2"))
        self.queue.becomes(asked.id, JobState.DONE, results=results, expires=9e9)
        return self.queue.jobs[asked.id]


async def test_it_is_made_once_and_goes_with_the_clip(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    before = await scene.job()
    now = await scene.renditions.ensure(before, "messenger")
    key = dict(now.results)["messenger"]
    assert (scene.store.objects[key], scene.store.types[key]) == (b"clipmessenger", "video/mp4")
    assert await scene.renditions.ensure(now, "messenger") == now
    later = await scene.renditions.ensure(now, "wallpaper")
    assert scene.store.types[dict(later.results)["wallpaper"]] == "image/jpeg"
    assert scene.made == ["messenger", "wallpaper"]
    assert scene.signed == [("mp4", "colour"), ("jpg", "colour")]
    await Animations(scene.queue, scene.store, tmp_path).delete(now.id)
    assert scene.store.objects == {}


@pytest.mark.parametrize(("meanwhile", "error"), [("deleted", GoneError), ("busy", RenditionUnavailableError)])
async def test_nothing_is_left_of_one_that_was_not_wanted_any_more(
    tmp_path: Path, meanwhile: str, error: type[Exception]
) -> None:
    scene = Scene(tmp_path)
    scene.meanwhile = meanwhile
    job = await scene.job()
    with pytest.raises(error):
        await scene.renditions.ensure(job, "messenger")
    assert set(scene.store.objects) <= {"k1", "k2"}


async def test_of_two_that_were_made_at_once_one_is_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.meanwhile = "made"
    now = await scene.renditions.ensure(await scene.job(), "messenger")
    assert dict(now.results)["messenger"] == "theirs"
    assert set(scene.store.objects) == {"k1", "k2"}


async def test_there_is_none_of_what_is_not_done(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    job = await scene.job()
    for missing in (replace(job, state=JobState.REFUSED), replace(job, results=())):
        with pytest.raises((GoneError, MediaMissingError)):
            await scene.renditions.ensure(missing, "messenger")
