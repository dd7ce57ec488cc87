from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

import pytest

from skill.web.incoming import STALE_SECONDS, incoming_file, sweep_incoming

_KILLED = """
import asyncio, os, sys
from pathlib import Path
from skill.web.incoming import incoming_file

async def main():
    async with incoming_file(Path(sys.argv[1])) as (file, path):
        file.write(b"half a photo")
        assert path.read_bytes() == b"half a photo"
        os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_a_photo_is_read_by_its_path_for_as_long_as_it_comes_in(tmp_path: Path) -> None:
    async with incoming_file(tmp_path) as (file, path):
        file.write(b"photo")
        assert (path.read_bytes(), path.stat().st_size, path.stat().st_mode & 0o777) == (b"photo", 5, 0o600)
        assert path.read_bytes() == b"photo"  # from its begin each time
        assert list(tmp_path.iterdir()) == []
    assert file.closed and list(tmp_path.iterdir()) == []


@pytest.mark.asyncio
async def test_whoever_hangs_up_while_the_file_is_made_leaves_none_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on, made = threading.Event(), threading.Event(), list[IO[bytes]]()
    make = tempfile.TemporaryFile

    def make_slowly(**options: str) -> IO[bytes]:
        began.set()
        go_on.wait(60)
        made.append(make(dir=options["dir"], buffering=0))
        return made[0]

    monkeypatch.setattr(tempfile, "TemporaryFile", make_slowly)

    async def receive() -> None:
        async with incoming_file(tmp_path):
            raise AssertionError("hung up before")

    receiving = asyncio.create_task(receive())
    await asyncio.to_thread(began.wait, 60)
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    go_on.set()
    async with asyncio.timeout(60):
        while not (made and made[0].closed):
            await asyncio.sleep(0.01)


def test_a_killed_process_leaves_nothing_of_a_photo(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    assert list(tmp_path.iterdir()) == []


def test_remains_of_a_crash_are_swept(tmp_path: Path) -> None:
    old, folder, fresh = tmp_path / "photo-old", tmp_path / "again-old", tmp_path / "photo-new"
    old.touch()
    folder.mkdir()
    (folder / "photo").touch()
    fresh.touch()
    long_ago = time.time() - STALE_SECONDS - 1
    for path in (old, folder):
        os.utime(path, (long_ago, long_ago))
    sweep_incoming(tmp_path)
    assert list(tmp_path.iterdir()) == [fresh]
