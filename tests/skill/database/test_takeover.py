"""Files that version 0.1.0 wrote, taken over by both databases: everybody finds everything again."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.database.takeover import old_files
from skill.database.upgrade import upgrade
from skill.dialog.cards.table import PictureTable, UncertainUpload
from skill.dialog.memory import Memory
from skill.dialog.reply_cache import ReplyCache
from skill.dialog.user_record import JobOrigin, PendingWish
from skill.jobs.model import JobState
from skill.jobs.queue import JobQueue
from skill.oauth.linked_accounts import LinkedAccounts
from skill.oauth.tokens import TokenStore
from skill.settings import load
from skill.tickets import Tickets
from tests.fake_clock import FakeClock
from tests.skill.database.databases import postgres_database, sqlite_database
from tests.skill.jobs.postgres_server import PostgresServer

OLD = Path(__file__).parents[2] / "fixtures" / "databases"
SECRET = b"secret of the files of 0.1.0"
NOW = 1_900_000_000.0
JOB = "token-1"
"""The job of anna, whose ticket is token-3; boris has a job of his own and the ticket token-4 with the code 654321."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder as version 0.1.0 leaves it, each file with at least one row of every table."""
    for dump in OLD.glob("*.sql"):
        with closing(sqlite3.connect(tmp_path / dump.stem)) as connection:
            connection.executescript(dump.read_text(encoding="utf-8"))
    assert len(old_files(tmp_path)) == 6
    return tmp_path


async def found_again(database: Database, clock: FakeClock) -> None:
    queue, tickets, memory = JobQueue(database), Tickets(database, SECRET), Memory(database, SECRET)
    job = await queue.get(JOB)
    assert job is not None and (job.state, job.results, job.user) == (JobState.DONE, (("mp4", "clip"),), "anna")
    assert (await queue.waiting()).jobs == 1
    ticket = await tickets.get("token-3")
    assert (ticket.user, ticket.job, await tickets.jobs("token-3")) == ("anna", JOB, (JOB,))
    other = await tickets.get(await tickets.token_for_code("654321", "192.0.2.1"))
    assert (other.user, other.cards, len(other.household)) == ("boris", True, 64)
    record = await memory.load("anna", "morning")
    assert (record.consent, record.state, record.wrong_digits, record.explained) == (3, {"number": 2}, 1, {"way_back"})
    assert record.pending_wish == PendingWish(("smile",), "left", True, NOW)
    assert [(one.token, one.code) for one in record.invitations] == [("token-3", "123456")]
    assert record.jobs == {JOB: JobOrigin(JOB, "morning", JOB, 1, "56")}
    assert await ReplyCache(database, SECRET).claim("message") == b"reply"
    tokens = TokenStore(database)
    assert await tokens.account_of("token-6") == "linked-a"
    assert await tokens.account_of((await tokens.refresh("token-7")).access) == "linked-a"
    assert await LinkedAccounts(database).accounts("anna") == ("linked-a",)
    pictures = PictureTable(database)
    assert await pictures.picture_id(JOB) == "a/1" and await pictures.has_agreement(JOB)
    assert await pictures.uncertain() == (UncertainUpload(7, NOW),)
    issued = await tickets.issue("clara")  # numbers go on after those that were taken over
    assert (await tickets.get(issued.token)).user == "clara"


@pytest.mark.asyncio
async def test_a_new_file_takes_them_over_once(folder: Path) -> None:
    clock = FakeClock(NOW)
    for _ in range(2):
        database = await sqlite_database(folder, clock).open()
        assert old_files(folder) == []
        if _ == 0:
            await found_again(database, clock)
        await database.close()


@pytest.mark.asyncio
async def test_a_server_takes_them_over_when_it_is_upgraded(folder: Path, postgres: PostgresServer) -> None:
    clock = FakeClock(NOW)
    with postgres.database() as dsn:
        settings = load({"data_dir": folder, "queue": "postgres", "postgres": dsn})
        (line,) = await asyncio.to_thread(upgrade, settings)
        assert "taken over" in line and old_files(folder) == []
        database = postgres_database(dsn, clock)
        await found_again(database, clock)
        await database.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("server", [False, True])
async def test_a_crash_between_commit_and_deletion_leaves_no_file_for_long(
    folder: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, server: bool
) -> None:
    """The next start finds its own files again, some of them overwritten, and does not take them for somebody's."""

    def crash(self: Path, **_: bool) -> None:
        raise KeyboardInterrupt

    with postgres.database() as dsn:
        more = {"queue": "postgres", "postgres": dsn} if server else {}
        settings = load({"data_dir": folder, **more})
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Path, "unlink", crash)
            await asyncio.to_thread(upgrade, settings)
        assert len(old_files(folder)) == 6 and (folder / "jobs.db").read_bytes().strip(b"\0") == b""
        if server:
            assert await asyncio.to_thread(upgrade, settings) == []
        clock = FakeClock(NOW)
        database = postgres_database(dsn, clock) if server else await sqlite_database(folder, clock).open()
        await found_again(database, clock)
        await database.close()
    assert {path.name for path in folder.iterdir()} == (set() if server else {"ozhivi.db"})


@pytest.mark.asyncio
async def test_rows_that_are_there_are_not_mixed_with_others(folder: Path, postgres: PostgresServer) -> None:
    with postgres.database() as dsn:
        database = postgres_database(dsn)
        await Tickets(database, SECRET).issue("anna")
        await database.close()
        settings = load({"data_dir": folder, "queue": "postgres", "postgres": dsn})
        with pytest.raises(DatabaseDownError, match=r"in use already: move .*tickets\.db"):
            await asyncio.to_thread(upgrade, settings)
        assert len(old_files(folder)) == 6


@pytest.mark.asyncio
async def test_a_file_that_can_not_be_read_stops_it_and_nothing_is_lost(folder: Path) -> None:
    (folder / "oauth.db").write_bytes(b"a diary" * 1000)
    database = sqlite_database(folder)
    with pytest.raises(DatabaseDownError, match="no database"):
        await database.open()
    assert len(old_files(folder)) == 6
