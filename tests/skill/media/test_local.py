"""What only a folder has: modes, remains of a crash, a full disk."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from skill.media import local
from skill.media.local import LocalStore, write_whole
from skill.media.signed_urls import Signer
from skill.media.store import MediaError, MediaMissingError

pytestmark = pytest.mark.asyncio

DAY = 86_400.0
SIGNER = Signer(["s" * 32])


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"photo" * 1000)
    path.chmod(0o644)
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine doesn't let us mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_nobody_else_can_read(tmp_path: Path, photo: Path) -> None:
    root = tmp_path / "deep" / "media"
    root.mkdir(parents=True, mode=0o755)
    store = LocalStore(root, SIGNER)
    key = await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert root.stat().st_mode & 0o777 == 0o700
    assert (root / key).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in root.iterdir()] == [key]


async def test_what_another_process_put_is_there(tmp_path: Path, photo: Path, listed) -> None:
    key = await LocalStore(tmp_path / "media", SIGNER).put(photo, content_type="image/jpeg", seconds=DAY)
    assert await listed(LocalStore(tmp_path / "media", SIGNER)) == [key]


async def test_a_sweep_takes_the_remains_of_a_crash(tmp_path: Path, listed) -> None:
    root = tmp_path / "media"
    store = LocalStore(root, SIGNER, stale=60)
    for name, age in ((".old.part", 61), (".new.part", 5), ("of-somebody-else.txt", 10_000)):
        (root / name).write_bytes(b"half a photo")
        os.utime(root / name, (time.time() - age,) * 2)
    assert await store.sweep() == 1
    assert sorted(path.name for path in root.iterdir()) == [".new.part", "of-somebody-else.txt"]
    assert await listed(store) == []


async def test_nothing_outside_the_folder_is_touched(tmp_path: Path, photo: Path) -> None:
    store = LocalStore(tmp_path / "media", SIGNER)
    for key in ("../photo.jpg", str(photo), "media/../../photo.jpg", "..", "\0", "d1-" + "9" * 13 + "-" + "0" * 32):
        await store.delete(key)
        with pytest.raises(MediaMissingError):
            store.open(key)
    assert photo.exists()


async def test_a_full_disk_is_told_and_nothing_half_written_stays(small_disk: Path, tmp_path: Path) -> None:
    store = LocalStore(small_disk / "media", SIGNER)
    small, big = tmp_path / "small.jpg", tmp_path / "big.jpg"
    small.write_bytes(bytes(100_000))
    big.write_bytes(bytes(3_000_000))
    key = await store.put(small, content_type="image/jpeg", seconds=DAY)
    with pytest.raises(MediaError, match="the disk of the media folder is full"):
        await store.put(big, content_type="image/jpeg", seconds=DAY)
    assert [path.name for path in (small_disk / "media").iterdir()] == [key]
    assert await store.put(small, content_type="image/jpeg", seconds=DAY)


async def test_a_full_disk_where_none_can_be_mounted(tmp_path: Path, photo: Path, monkeypatch) -> None:
    """The same where the system says so at the last moment, when the bytes are forced to the disk."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "a path with a key")

    store = LocalStore(tmp_path / "media", SIGNER)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MediaError, match=r"is full: free some space or choose another$"):
        await store.put(photo, content_type="image/jpeg", seconds=DAY)
    assert list((tmp_path / "media").iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match=r"Not a directory\): check its disk and its owner") as caught:
        LocalStore(tmp_path / "file" / "media", SIGNER)
    assert str(tmp_path) not in str(caught.value)


async def test_the_loop_runs_on_while_bytes_are_copied(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beaten = threading.Event()

    def wait_and_write(source: IO[bytes], to: Path) -> None:
        assert beaten.wait(60)
        write_whole(source, to)

    monkeypatch.setattr(local, "write_whole", wait_and_write)
    store = LocalStore(tmp_path / "media", SIGNER)
    put = asyncio.create_task(store.put(photo, content_type="video/mp4", seconds=DAY))
    for _ in range(5):
        await asyncio.sleep(0.001)
    beaten.set()
    await store.delete(await put)
