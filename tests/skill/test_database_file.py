"""Files of the data folder that are damaged, locked, older or later: `serve` does not start, and deletes nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from skill import ticket_file
from skill.dialog import memory
from skill.dialog.cards import table
from skill.dialog.cards.table import PictureTable
from skill.dialog.memory import Memory
from skill.oauth import base
from skill.oauth.base import OAuthDatabase
from skill.settings import WrongSettings
from skill.tickets import Tickets

pytestmark = pytest.mark.asyncio

SECRET = b"s" * 32
Open = Callable[[Path], Awaitable[Any]]
FILES: dict[str, tuple[Open, str, int]] = {
    "tickets.db": (lambda path: Tickets.open(path, SECRET, seconds=900, keep=60), "tickets", ticket_file._VERSION),
    "dialog.db": (lambda path: Memory.open(path, SECRET), "consents", memory._VERSION),
    "oauth.db": (OAuthDatabase.open, "access", base._VERSION),
    "images.db": (PictureTable.open, "images", table._VERSION),
}
"""Of each file: the function that opens it, one of its tables, its version."""


async def made(path: Path) -> None:
    opened = await FILES[path.name][0](path)
    await opened.close()


def change(path: Path, *lines: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for line in lines:
            connection.execute(line)
        connection.commit()


@pytest.mark.parametrize("name", FILES)
async def test_a_new_file_has_a_version_and_opens_again(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        await made(tmp_path / name)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (FILES[name][2],)


@pytest.mark.parametrize("name", FILES)
async def test_a_file_of_before_there_were_versions_opens_and_gets_one(tmp_path: Path, name: str) -> None:
    await made(tmp_path / name)
    change(tmp_path / name, "PRAGMA user_version = 0")
    await made(tmp_path / name)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (FILES[name][2],)


@pytest.mark.parametrize("name", FILES)
async def test_what_can_not_be_used_is_refused_with_the_file_and_the_way_out(tmp_path: Path, name: str) -> None:
    open_file, one, _ = FILES[name]
    path = tmp_path / name

    async def refused(words: str) -> None:
        before = path.read_bytes()
        with pytest.raises(WrongSettings) as caught:
            await open_file(path)
        message = str(caught.value)
        assert message.startswith(str(path)) and words in message and "without" in message
        assert path.read_bytes() == before

    path.write_bytes(b"no database at all" * 1000)
    await refused("is no database")
    path.unlink()
    await made(path)
    change(path, "PRAGMA user_version = 99")
    await refused("of a later version")
    path.unlink()
    change(path, f"CREATE TABLE {one} (lone TEXT)", "PRAGMA journal_mode=WAL")
    with pytest.raises(WrongSettings, match=r"older version|can't be used"):
        await open_file(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(f"SELECT * FROM {one}").description[0][0] == "lone"


async def test_a_file_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tickets.db"
    await made(path)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(WrongSettings, match="is damaged"):
        await FILES["tickets.db"][0](path)
    assert path.read_bytes() == bytes(data)


@pytest.mark.parametrize("name", ["tickets.db", "dialog.db"])
async def test_serve_says_it_in_one_line_and_ends(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_bytes(b"x" * 5000)
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OZHIVI_PORT", "0")
    monkeypatch.setenv("OZHIVI_WORKERS", "0")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ozhivi")), "serve"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode not in {0, -9}
    assert name in done.stderr and "move it away" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / name).read_bytes() == b"x" * 5000
