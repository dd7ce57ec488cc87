"""What is the SQLite queue's own: its file, its disk, its thread."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.jobs.model import Done, Refusal
from skill.jobs.queue import QueueDownError
from skill.jobs.sqlite import SqliteQueue
from tests.skill.jobs.conftest import ROOT

pytestmark = pytest.mark.asyncio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "jobs.sqlite3"


@pytest_asyncio.fixture
async def queue(path: Path) -> AsyncIterator[SqliteQueue]:
    queue = await SqliteQueue.open(path, limit=100_000, busy=0.05)
    yield queue
    await queue.close()


async def fill(queue: SqliteQueue) -> int:
    """Put jobs until the disk is full; how many were taken."""
    for number in range(20_000):
        try:
            await queue.put(f"user {number}", "x" * 2000, Wish(), digest="d")
        except QueueDownError as error:
            assert "full" in str(error) and "free space" in str(error)
            return number
    raise AssertionError("the disk was never full")


async def test_nothing_is_lost_when_the_file_may_not_grow(queue: SqliteQueue) -> None:
    kept = await queue.put("anna", "photo", Wish(), digest="d")
    await queue._database.read(lambda db: db.execute("PRAGMA max_page_count = 50").fetchall())
    taken = await fill(queue)
    assert await queue.get(kept.id) == kept
    assert (await queue.waiting())[0] == taken + 1
    job = await queue.lease("w", 30.0)
    assert job is not None and job.id == kept.id
    await queue.finish(job.id, "w", Refusal("no_face"))
    await queue.delete(kept.id)
    for job in await queue.of("user 0"):
        await queue.delete(job.id)
    await queue.put("boris", "photo", Wish(), digest="d")  # space was freed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_nothing_is_lost_on_a_full_disk(small_disk: Path) -> None:
    queue = await SqliteQueue.open(small_disk / "jobs.sqlite3", limit=100_000)
    kept = await queue.put("anna", "photo", Wish(), digest="d")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    taken = await fill(queue)
    assert await queue.get(kept.id) == kept
    assert (await queue.waiting())[0] == taken + 1
    ballast.unlink()
    assert await queue.lease("w", 30.0) is not None
    assert await queue.finish(kept.id, "w", Refusal("no_face"))
    await queue.close()


async def test_what_was_answered_survives_kill_9(path: Path) -> None:
    code = f"""
import asyncio, os, signal
from pathlib import Path
from pipeline.run import Wish
from skill.jobs.sqlite import SqliteQueue
async def main():
    queue = await SqliteQueue.open(Path({str(path)!r}))
    for number in range(20):
        await queue.put(str(number), "photo", Wish(), digest="d")
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -9
    queue = await SqliteQueue.open(path)
    assert (await queue.waiting())[0] == 20
    await queue.close()


async def test_a_file_that_stays_locked_is_told_and_the_loop_goes_on(queue: SqliteQueue, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began, ticks = time.monotonic(), 0
    put = asyncio.create_task(queue.put("anna", "photo", Wish(), digest="d"))
    while not put.done():
        await asyncio.sleep(0.001)
        ticks += 1
    with pytest.raises(QueueDownError, match="locked"):
        await put
    assert time.monotonic() - began < 1 and ticks > 10
    other.execute("ROLLBACK")
    other.close()
    await queue.put("anna", "photo", Wish(), digest="d")


async def test_a_short_lock_is_waited_out(path: Path) -> None:
    queue = await SqliteQueue.open(path, busy=5.0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    put = asyncio.create_task(queue.put("anna", "photo", Wish(), digest="d"))
    await asyncio.sleep(0.05)
    assert not put.done()
    other.execute("ROLLBACK")
    other.close()
    assert (await put).user == "anna"
    await queue.close()


async def test_only_the_owner_reads_the_files(queue: SqliteQueue, path: Path) -> None:
    await queue.put("anna", "photo", Wish(), digest="d")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert len(list(path.parent.iterdir())) == 3 and modes == {0o600}


async def test_nothing_of_a_deleted_job_is_in_the_files(queue: SqliteQueue, path: Path) -> None:
    job = await queue.put("user-whom-nobody-may-know", "key-of-the-photo", Wish(), digest="digest-of-it")
    await queue.lease("w", 30.0)
    await queue.finish(job.id, "w", Done((("mp4", "key-of-the-clip"),)))
    words = (b"whom-nobody", b"key-of-the-photo", b"digest-of-it", b"key-of-the-clip")
    assert any(words[0] in file.read_bytes() for file in path.parent.iterdir())
    await queue.delete(job.id)
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [word for word in words if word in left] == []


async def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    await (await SqliteQueue.open(path)).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(QueueDownError, match="later version"):
        await SqliteQueue.open(path)


async def test_a_file_that_is_no_database_is_reported(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a diary" * 1000)
    with pytest.raises(QueueDownError, match="not a database"):
        await SqliteQueue.open(path)
    assert path.read_bytes().startswith(b"a diary")


async def test_a_folder_that_can_not_be_made_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(QueueDownError, match="can't be opened") as caught:
        await SqliteQueue.open(tmp_path / "file" / "jobs.sqlite3")
    assert str(tmp_path) not in str(caught.value)


async def test_an_idle_queue_does_not_wear_the_disk(queue: SqliteQueue, path: Path) -> None:
    await queue.lease("w", 30.0)
    log = path.with_name(f"{path.name}-wal")
    before = log.stat().st_size
    for _ in range(50):
        await queue.lease("w", 30.0)
    assert log.stat().st_size == before
