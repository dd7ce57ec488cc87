"""What is SQLite's own: its file, its disk, its threads."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from skill.database.database import Database
from skill.database.errors import DatabaseDownError, DatabaseVersionError
from skill.database.revision import DATABASE_FILE
from skill.database.transaction import bind
from tests.skill.database.databases import sqlite_database

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[3]
ADD = "INSERT INTO ozhivi_doubts (size, since) VALUES (:size, 0)"
NOTE = "INSERT INTO ozhivi_talks (session, \"user\", talk, expires) VALUES (:session, 'anna', :talk, 0)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest_asyncio.fixture
async def database(folder: Path) -> AsyncIterator[Database]:
    database = await sqlite_database(folder, patience=1.0).open()
    yield database
    await database.close()


async def add(database: Database, size: int = 1) -> None:
    await database.write(lambda transaction: transaction.run(ADD, size=size))


async def count(database: Database) -> int:
    return int((await database.rows("SELECT count(*) FROM ozhivi_doubts"))[0][0])


async def fill(database: Database) -> int:
    """Add rows until there is no room; how many were added."""
    for number in range(20_000):
        try:
            await database.write(lambda done, key=number: done.run(NOTE, session=str(key), talk="x" * 2000))
        except DatabaseDownError as error:
            assert "full" in str(error) and "free space" in str(error)
            return number
    raise AssertionError("the disk was never full")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1000k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_nothing_is_lost_on_a_full_disk(small_disk: Path) -> None:
    database = await sqlite_database(small_disk).open()
    await add(database)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    added = await fill(database)
    assert await count(database) == 1
    assert await database.rows("SELECT count(*) FROM ozhivi_talks") == [(added,)] and added
    ballast.unlink()
    await add(database)
    await database.close()


async def test_what_was_answered_survives_kill_9(folder: Path) -> None:
    code = f"""
import asyncio, os, signal
from pathlib import Path
from tests.skill.database.databases import sqlite_database
async def main():
    database = sqlite_database(Path({str(folder)!r}))
    for number in range(20):
        await database.write(lambda transaction: transaction.run({ADD!r}, size=number))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -9
    database = sqlite_database(folder)
    assert await count(database) == 20
    await database.close()


async def test_what_another_process_writes_is_seen_after_it_ends(database: Database, folder: Path) -> None:
    await add(database)
    assert await count(database) == 1  # both connections of this process are open
    code = f"""
import asyncio
from pathlib import Path
from tests.skill.database.databases import sqlite_database
async def main():
    database = sqlite_database(Path({str(folder)!r}))
    await database.write(lambda transaction: transaction.run({ADD!r}, size=7))
    await database.close()
asyncio.run(main())
"""
    for seen in (2, 3):  # one that ends may take the last connection for its own and delete the log under all others
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        assert await count(database) == seen


async def test_a_file_that_stays_locked_is_told_and_nobody_who_reads_waits(database: Database, folder: Path) -> None:
    other = sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began, ticks = time.monotonic(), 0
    adding = asyncio.gather(*(add(database) for _ in range(60)), return_exceptions=True)
    assert await count(database) == 0
    assert not adding.done()
    while not adding.done():
        await asyncio.sleep(0.001)
        ticks += 1
    assert {type(one) for one in await adding} == {DatabaseDownError}
    assert time.monotonic() - began < 50 and ticks > 3  # not 60 times 1 s: whoever waited in vain is gone
    other.execute("ROLLBACK")
    other.close()
    await add(database)


async def test_the_words_about_a_lock_say_what_to_do(database: Database, folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE").close()
        with pytest.raises(DatabaseDownError, match=r"ozhivi\.db is locked by another program"):
            await add(database)


async def test_a_short_lock_is_waited_out(folder: Path) -> None:
    database = await sqlite_database(folder).open()
    other = sqlite3.connect(folder / DATABASE_FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    adding = asyncio.create_task(add(database))
    await asyncio.sleep(0.05)
    assert not adding.done()
    other.execute("ROLLBACK")
    other.close()
    await adding
    await database.close()


async def test_only_the_owner_reads_the_files(database: Database, folder: Path) -> None:
    await add(database)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert len(list(folder.iterdir())) == 3 and modes == {0o600}


async def test_nothing_of_a_deleted_row_is_in_the_files(database: Database, folder: Path) -> None:
    await database.write(lambda transaction: transaction.run(NOTE, session="s", talk="whom-nobody-may-know"))
    assert any(b"whom-nobody" in file.read_bytes() for file in folder.iterdir())
    await database.write(lambda transaction: transaction.run("DELETE FROM ozhivi_talks"))
    await database.erase()
    assert not any(b"whom-nobody" in file.read_bytes() for file in folder.iterdir())


async def test_changes_that_wait_go_together(database: Database) -> None:
    commits, over = list[str](), threading.Event()
    (connection,) = database._lanes[0]._idle
    connection.set_trace_callback(lambda line: commits.append(line) if line == "COMMIT" else None)
    hanging = asyncio.create_task(database.write(lambda _: over.wait(30)))
    changes = [asyncio.create_task(database.change(bind(ADD, size=1), durable=False)) for _ in range(21)]
    await asyncio.sleep(0.1)
    late = asyncio.gather(*(database.change(bind(ADD, size=1), durable=False) for _ in range(19)))
    await asyncio.sleep(0.1)
    over.set()
    await asyncio.gather(hanging, late, *changes)
    assert await count(database) == 40
    assert (
        len(commits) == 3
    )  # that of the first, of whoever came at the same time, and of those who came while they waited


async def test_what_is_durable_is_on_the_disk_before_its_answer_and_holds_nobody_up(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed, begun, over = list[str](), threading.Event(), threading.Event()

    def fsync(file: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{file}").readlink().name)
        begun.set()
        assert over.wait(30)

    monkeypatch.setattr("skill.database.sqlite.os.fsync", fsync)
    first = asyncio.create_task(add(database))
    await asyncio.to_thread(begun.wait, 30)
    others = [asyncio.create_task(database.run(ADD, size=1)) for _ in range(9)]
    await database.change(bind(ADD, size=1), durable=False)
    await asyncio.sleep(0.1)
    assert not first.done() and not any(other.done() for other in others)
    assert flushed == [f"{DATABASE_FILE}-wal"]
    over.set()
    await asyncio.gather(first, *others)
    assert flushed == [f"{DATABASE_FILE}-wal"] * 2  # one way to the disk for all who came meanwhile


async def test_the_log_is_copied_beside_the_changes(database: Database, folder: Path) -> None:
    for number in range(260):
        await database.change(bind(NOTE, session=str(number), talk="x" * 2000), durable=False)
    for _ in range(100):
        if (folder / DATABASE_FILE).stat().st_size > 250 * 2000:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("nothing was copied")
    await database.erase()
    assert (folder / f"{DATABASE_FILE}-wal").stat().st_size == 0


async def test_closing_waits_for_what_is_being_done(folder: Path) -> None:
    """SQLite crashes the whole process when a connection is closed under a statement of another thread."""
    for _ in range(20):
        database = await sqlite_database(folder).open()
        adding = [asyncio.create_task(add(database)) for _ in range(8)]
        await asyncio.sleep(0)
        await database.close()
        ended = await asyncio.gather(*adding, return_exceptions=True)
        assert all(end is None or isinstance(end, DatabaseDownError) for end in ended)


async def test_the_file_is_opened_off_the_event_loop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    connect = sqlite3.connect

    def remember(*values: Any, **options: Any) -> sqlite3.Connection:
        threads.append(threading.get_ident())
        return connect(*values, **options)

    monkeypatch.setattr(sqlite3, "connect", remember)
    database = await sqlite_database(folder).open()
    await database.close()
    assert threads and threading.get_ident() not in threads


async def test_many_that_open_a_new_file_at_once_make_its_tables_once(folder: Path) -> None:
    databases = [sqlite_database(folder) for _ in range(4)]
    await asyncio.gather(*(database.open() for database in databases))
    await add(databases[0])
    assert [await count(database) for database in databases] == [1] * 4
    for database in databases:
        await database.close()


async def test_nothing_is_written_where_nothing_changes(database: Database, folder: Path) -> None:
    log = folder / f"{DATABASE_FILE}-wal"
    before = log.stat().st_size
    for _ in range(20):
        await database.write(lambda transaction: transaction.run("DELETE FROM ozhivi_doubts WHERE size > 1"))
    assert log.stat().st_size == before


async def test_a_file_of_a_later_version_is_left_alone(folder: Path) -> None:
    await (await sqlite_database(folder).open()).close()
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        connection.execute("UPDATE ozhivi_schema SET version_num = '9999'")
        connection.commit()
    with pytest.raises(DatabaseVersionError, match="later version"):
        await sqlite_database(folder).open()


async def test_a_file_without_our_tables_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        connection.execute("CREATE TABLE lone (one TEXT)")
    with pytest.raises(DatabaseVersionError, match="ozhivi db upgrade"):
        await sqlite_database(folder).open()
    with closing(sqlite3.connect(folder / DATABASE_FILE)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("lone",)]


@pytest.mark.parametrize("damage", ["all", "inside"])
async def test_a_damaged_file_is_refused_with_the_way_out(folder: Path, damage: str) -> None:
    await (await sqlite_database(folder).open()).close()
    path = folder / DATABASE_FILE
    whole = path.read_bytes()
    path.write_bytes(b"no database at all" * 1000 if damage == "all" else whole[:4096] + b"\xff" * (len(whole) - 4096))
    before = path.read_bytes()
    with pytest.raises(DatabaseDownError, match=r"ozhivi\.db is .*damaged.* backup"):
        await sqlite_database(folder).open()
    assert path.read_bytes() == before


async def test_a_folder_that_can_not_be_made_is_told_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseDownError, match="can't be opened") as caught:
        await sqlite_database(tmp_path / "file" / "folder").open()
    assert str(tmp_path) not in str(caught.value)


async def test_serve_says_it_in_one_line_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"x" * 5000)
    monkeypatch.setenv("OZHIVI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OZHIVI_PORT", "0")
    monkeypatch.setenv("OZHIVI_WORKERS", "0")
    done = await asyncio.to_thread(
        subprocess.run,
        [str(Path(sys.executable).with_name("ozhivi")), "serve"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode not in {0, -9}
    assert DATABASE_FILE in done.stderr and "move it away" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / DATABASE_FILE).read_bytes() == b"x" * 5000
