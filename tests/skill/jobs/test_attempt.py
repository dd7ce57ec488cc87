"""One attempt at a job, with a rendering process that is played."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from pipeline.progress import OnStep
from pipeline.run import Wish
from skill.jobs.attempt import Attempt, cancel
from skill.jobs.model import Deferred, Failed, Job, JobState, Outcome, Refusal, Rendered
from skill.jobs.render_process import RenderProcess
from tests.skill.jobs.folder_store import FolderStore

pytestmark = pytest.mark.asyncio


class FakeProcess:
    """Renders two small files, or has another outcome."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self._outcome = outcome
        self.begun = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def render(self, job: str, photo: Path, wish: Wish, out: Path, on_step: OnStep) -> Outcome:
        on_step("animate", 0.5)
        self.begun.set()
        await self.free.wait()
        if self._outcome is not None:
            return self._outcome
        files = [(name, out.with_suffix(f".{name}")) for name in ("mp4", "jpg")]
        for name, path in files:
            path.write_bytes(name.encode() + photo.read_bytes())
        return Rendered(tuple(files))


def attempt(store: FolderStore, folder: Path, process: FakeProcess, source: str = "") -> Attempt:
    folder.mkdir()
    job = Job("job", "anna", source or store.bring(b"photo"), Wish(), JobState.RUNNING)
    return Attempt(job, store, cast(RenderProcess, process), folder, keep=60.0)


async def test_files_are_stored_under_their_types(store: FolderStore, tmp_path: Path) -> None:
    one = attempt(store, tmp_path / "job", FakeProcess())
    assert isinstance(await one.run(), Rendered)
    stored = {name: (store.folder / key).read_bytes() for name, key in one.results}
    assert stored == {"mp4": b"mp4photo", "jpg": b"jpgphoto"}
    assert [store.types[key] for _, key in one.results] == ["video/mp4", "image/jpeg"]
    assert list(one.progress.seconds) == ["animate", "store"]
    await one.delete_results()
    assert one.results == [] and len(store.names()) == 1


async def test_credentials_say_what_was_restored(store: FolderStore, tmp_path: Path) -> None:
    files = {"mp4": tmp_path / "clip.mp4", "still": tmp_path / "still.jpg", "before": tmp_path / "before.jpg"}
    for name, path in files.items():
        path.write_bytes(name.encode())
    said: list[tuple[str, tuple[str, ...]]] = []
    one = attempt(store, tmp_path / "job", FakeProcess(Rendered(tuple(files.items()), "", ("tone",))))
    one._sign = lambda path, name, restored: not said.append((name, tuple(restored)))
    assert isinstance(await one.run(), Rendered)
    assert said == [(name, ("tone",)) for name in files]
    assert [store.types[key] for _, key in one.results] == ["video/mp4", "image/jpeg", "image/jpeg"]


@pytest.mark.parametrize("outcome", [Refusal("no_face"), Failed("wish"), Deferred("disk")])
async def test_an_outcome_without_files_goes_through(store: FolderStore, tmp_path: Path, outcome: Outcome) -> None:
    one = attempt(store, tmp_path / "job", FakeProcess(outcome))
    assert await one.run() == outcome
    assert one.results == []


async def test_a_render_without_files_has_failed(store: FolderStore, tmp_path: Path) -> None:
    assert await attempt(store, tmp_path / "job", FakeProcess(Rendered(()))).run() == Failed("error", where="no files")


async def test_a_photo_that_is_gone_fails_and_a_store_that_is_down_defers(store: FolderStore, tmp_path: Path) -> None:
    gone = await attempt(store, tmp_path / "gone", FakeProcess(), source="no such key").run()
    assert isinstance(gone, Failed) and (gone.reason, gone.again) == ("source_gone", False)
    one = attempt(store, tmp_path / "job", FakeProcess())
    store.down = True
    assert isinstance(await one.run(), Deferred)


async def test_a_cancelled_attempt_is_over_when_cancel_returns(store: FolderStore, tmp_path: Path) -> None:
    process = FakeProcess()
    process.free.clear()
    one = attempt(store, tmp_path / "job", process)
    running = asyncio.create_task(one.run())
    await process.begun.wait()
    await cancel(running)
    assert running.cancelled() and one.results == []
    assert list(one.progress.seconds) == ["animate"]
