"""The tickets' file: locked, closed, of before; never on the event loop's thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from skill import ticket_file
from skill.tickets import Tickets

pytestmark = pytest.mark.asyncio


async def test_a_locked_file_holds_up_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_file, "_BUSY", 0.3)
    monkeypatch.setattr(ticket_file, "_LATE", 0.5)
    tickets = await Tickets.open(tmp_path / "tickets.db", b"secret")
    issued = await tickets.issue("u")
    other_process = sqlite3.connect(tmp_path / "tickets.db", isolation_level=None)
    other_process.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    tries = asyncio.gather(*(tickets.issue("u") for _ in range(30)), return_exceptions=True)
    await asyncio.gather(*(asyncio.to_thread(int) for _ in range(100)))
    assert time.monotonic() - began < 0.3
    assert {type(one) for one in await tries} == {sqlite3.OperationalError}
    assert (await tickets.get(issued.token)).user == "u"  # whoever looks at a page changes nothing
    assert time.monotonic() - began < 3  # not 30 times 0.3 s: whoever waited in vain is gone
    other_process.close()
    await tickets.issue("u")
    await tickets.close()


async def test_closing_waits_for_what_is_being_done(tmp_path: Path) -> None:
    """SQLite crashes the whole process when a connection is closed under a statement of another thread."""
    for _ in range(20):
        tickets = await Tickets.open(tmp_path / "tickets.db", b"secret")
        purges = [asyncio.create_task(tickets.purge()) for _ in range(8)]
        await asyncio.sleep(0)
        await tickets.close()
        ended = await asyncio.gather(*purges, return_exceptions=True)
        assert all(end is None or isinstance(end, sqlite3.ProgrammingError) for end in ended)


async def test_the_file_is_opened_off_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    connect = sqlite3.connect

    def remember(*values: Any, **options: Any) -> sqlite3.Connection:
        threads.append(threading.get_ident())
        return connect(*values, **options)

    monkeypatch.setattr(sqlite3, "connect", remember)
    tickets = await Tickets.open(tmp_path / "tickets.db", b"secret")
    await tickets.close()
    assert threads and threading.get_ident() not in threads


async def test_a_file_of_before_is_opened(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "tickets.db")
    old.executescript(
        """
        CREATE TABLE tickets (
            id INTEGER PRIMARY KEY, user TEXT NOT NULL, code BLOB UNIQUE, guesses INTEGER NOT NULL DEFAULT 0,
            until REAL NOT NULL, expires REAL NOT NULL, digest TEXT NOT NULL DEFAULT '', job TEXT NOT NULL DEFAULT '',
            uploads INTEGER NOT NULL DEFAULT 0);
        """
    ).close()
    old.close()
    opened = [await Tickets.open(tmp_path / "tickets.db", b"secret") for _ in range(2)]
    issued = await opened[0].issue("u", address="192.0.2.1", cards=True)
    found = await opened[1].get(issued.token)
    assert len(found.household) == 64 and found.cards
    for one in opened:
        await one.close()
