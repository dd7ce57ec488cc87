"""Backups, taken of a database that is in use and put back: by the command line, on both databases."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from skill.components import open_database
from skill.database.backup import back_up, restore
from skill.database.database import Database
from skill.database.errors import DatabaseDownError, DatabaseVersionError
from skill.database.revision import DATABASE_FILE, VERSION_TABLE
from skill.settings import Settings, load
from skill.tickets import Tickets
from tests.skill.jobs.postgres_server import PostgresServer

pytestmark = pytest.mark.asyncio

SECRET = b"s" * 32


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    given = {"data_dir": tmp_path / "data", "queue": request.param}
    if request.param == "postgres":
        given["postgres"] = request.getfixturevalue("postgres").emptied()
    return load(given)


@asynccontextmanager
async def used(settings: Settings) -> AsyncIterator[Database]:
    database = await open_database(settings)
    yield database
    await database.close()


async def test_all_is_back_as_it_was_and_the_service_ran_on_meanwhile(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    async with used(settings) as database:
        tickets = Tickets(database, SECRET)
        before = await tickets.issue("anna")

        async def go_on() -> list[str]:
            return [(await tickets.issue(f"{number}")).token for number in range(50)]

        going = asyncio.create_task(go_on())
        size = await asyncio.to_thread(back_up, settings, file)
        later = await going
        assert (size, file.stat().st_mode & 0o777) == (file.stat().st_size, 0o600)
        with pytest.raises(DatabaseDownError, match=r"in use.*: stop serve and workers"):
            await asyncio.to_thread(restore, settings, file)
        await tickets.forget("anna")
        assert len(await asyncio.gather(*(tickets.get(token) for token in later))) == 50
    with pytest.raises(FileExistsError):
        back_up(settings, file)
    assert await asyncio.to_thread(restore, settings, file) == ""
    async with used(settings) as database:
        tickets = Tickets(database, SECRET)
        assert (await tickets.get(before.token)).user == "anna"
        assert (await tickets.get((await tickets.issue("boris")).token)).user == "boris"  # numbers go on
    assert {path.name for path in tmp_path.iterdir()} <= {"data", "kept"}


async def test_a_lost_file_is_restored_where_there_is_none(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data"})
    with pytest.raises(DatabaseDownError, match="nothing was ever stored"):
        back_up(settings, tmp_path / "kept")
    async with used(settings) as database:
        issued = await Tickets(database, SECRET).issue("anna")
        back_up(settings, tmp_path / "kept")
    shutil.rmtree(settings.data_dir)
    restore(settings, tmp_path / "kept")
    assert (settings.data_dir / DATABASE_FILE).stat().st_mode & 0o777 == 0o600
    async with used(settings) as database:
        assert (await Tickets(database, SECRET).get(issued.token)).user == "anna"


async def test_what_is_no_backup_of_ours_changes_nothing(
    settings: Settings, tmp_path: Path, postgres: PostgresServer
) -> None:
    async with used(settings) as database:
        issued = await Tickets(database, SECRET).issue("anna")
    file, other = tmp_path / "kept", tmp_path / "other"
    back_up(settings, file)
    (tmp_path / "diary").write_bytes(b"a diary" * 1000)
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE diary (line)")
    for wrong in (tmp_path / "diary", cut, other):
        with pytest.raises(DatabaseDownError):
            restore(settings, wrong)
    with pytest.raises(FileNotFoundError):
        restore(settings, tmp_path / "nothing")
    later = tmp_path / "later"
    if settings.queue == "sqlite":
        shutil.copy(file, later)
        with closing(sqlite3.connect(later)) as connection, connection:
            connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    else:
        dsn = settings.postgres.get_secret_value()
        change = f"UPDATE {VERSION_TABLE} SET version_num = '%s'"
        found = postgres.run(dsn, f"SELECT version_num FROM {VERSION_TABLE}")[0][0]
        postgres.run(dsn, change % "9999")
        back_up(settings, later)
        postgres.run(dsn, change % found)
    with pytest.raises(DatabaseVersionError, match="later version"):
        restore(settings, later)
    async with used(settings) as database:
        assert (await Tickets(database, SECRET).get(issued.token)).user == "anna"


async def test_missing_programs_are_named_and_a_password_is_not(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.dsn("no_such_database").replace("ozhivi@", "ozhivi:secret@")
    settings = load({"data_dir": tmp_path / "data", "queue": "postgres", "postgres": address})
    with pytest.raises(DatabaseDownError, match=r"pg_dump failed: .*does not exist") as caught:
        back_up(settings, tmp_path / "kept")
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseDownError, match=r"pg_dump is missing: install .*postgresql-client"):
        back_up(settings, tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] in ([], ["data"])
