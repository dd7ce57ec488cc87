"""What is PostgreSQL's own: several machines at the same time, and a server that goes and comes back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from skill.database import postgres as postgres_module
from skill.database.database import Database
from skill.database.dialect import Call
from skill.database.errors import DatabaseDownError, DatabaseVersionError
from skill.database.postgres import PostgresDialect
from skill.database.revision import UPGRADE
from skill.database.transaction import bind
from tests.skill.database.databases import postgres_database
from tests.skill.jobs.postgres_server import PostgresServer

pytestmark = pytest.mark.asyncio

PATIENCE = 60.0
SLEEP = "SELECT 1 FROM pg_sleep(60)"
SLEEPERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
NAMES = "SELECT name FROM ozhivi_workers ORDER BY name"
PREPARED = "SELECT count(*) FROM pg_prepared_statements"
NOTE = "INSERT INTO ozhivi_workers (name, seen) VALUES (:name, :now)"


@pytest.fixture
def dsn(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as dsn:
        yield dsn


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """Patient also where a connection takes long on a busy machine; who is to hear of the end of patience says so."""
    database = postgres_database(dsn, patience=PATIENCE)
    yield database
    await database.close()


Keep = Callable[[Database], Database]


@pytest_asyncio.fixture
async def keep() -> AsyncIterator[Keep]:
    """Remembers a database, which is closed after the test, however that ends."""
    async with AsyncExitStack() as closed_afterwards:

        def remember(database: Database) -> Database:
            closed_afterwards.push_async_callback(database.close)
            return database

        yield remember


async def note(database: Database, name: str) -> None:
    await database.write(lambda transaction: transaction.run(NOTE, name=name, now=transaction.now))


async def count(database: Database, patience: float | None = None) -> int:
    (((number,),),) = await database.ask(bind("SELECT count(*) FROM ozhivi_workers"), patience=patience)
    return int(number)


async def test_time_is_the_server_s(dsn: str, keep: Keep) -> None:
    database = keep(postgres_database(dsn))
    ours, ((asked,),), written = (
        time.time(),
        await database.rows("SELECT :now"),
        await database.write(lambda it: it.now),
    )
    assert abs(ours - asked) < 60
    assert asked == pytest.approx(written, abs=60) and asked % 1 and written % 1


async def test_who_freezes_in_the_middle_of_a_change_keeps_nobody_waiting(
    database: Database, dsn: str, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_module, "_BEGIN", postgres_module._BEGIN.replace("'3s'", "'1s'"))
    frozen = keep(postgres_database(dsn, patience=PATIENCE))
    begun, over = threading.Event(), threading.Event()

    def freeze() -> None:
        begun.set()
        assert over.wait(PATIENCE)

    hanging = asyncio.create_task(
        frozen.write(lambda done: (done.run("SELECT 1"), freeze(), done.run("SELECT 1")), alone="x")
    )
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    await database.write(lambda done: done.run(NOTE, name="a", now=done.now), alone="x")
    over.set()
    with pytest.raises(DatabaseDownError):
        await hanging
    await note(frozen, "b")
    assert await count(frozen) == 2


async def test_a_restart_is_not_even_noticed_between_two_questions(
    database: Database, postgres: PostgresServer
) -> None:
    await note(database, "a")
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    assert await count(database) == 1


async def test_nor_where_changes_and_queries_go_at_once(database: Database, postgres: PostgresServer) -> None:
    for name in ("a", "b"):
        await database.change(bind(NOTE, name=name))
        assert await database.ask(bind(NAMES)) == [[("a",)] if name == "a" else [("a",), ("b",)]]
        await asyncio.to_thread(postgres.stop)
        await asyncio.to_thread(postgres.start)


async def test_a_session_that_lost_its_plans_does_without(database: Database) -> None:
    assert await database.ask(bind(NAMES), bind(PREPARED)) == [[], [(2,)]]
    database._lanes[0]._idle[0].execute("DEALLOCATE ALL")
    assert await database.ask(bind(NAMES), bind(PREPARED)) == [[], [(0,)]]
    assert len(database._lanes[0]._idle) == 1


async def test_what_goes_at_once_has_its_time_and_is_flushed_where_it_must(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = bind("SELECT current_setting('synchronous_commit')")
    assert [(await database.change(flushed, durable=durable))[0].rows for durable in (True, False, True)] == [
        [("on",)],
        [("off",)],
        [("on",)],
    ]
    monkeypatch.setattr(postgres_module, "_BEGIN_ALONE", postgres_module._BEGIN_ALONE.replace("3800ms", "100ms"))
    with pytest.raises(DatabaseDownError, match="QueryCanceled"):
        await database.ask(bind(SLEEP))


async def test_a_server_that_is_down_is_told_until_it_is_back(database: Database, postgres: PostgresServer) -> None:
    await note(database, "a")
    await asyncio.to_thread(postgres.stop)
    try:
        for _ in range(3):
            with pytest.raises(DatabaseDownError, match="does not answer"):
                await count(database)
    finally:
        await asyncio.to_thread(postgres.start)
    assert await count(database) == 1


async def test_a_frozen_server_is_told_and_the_loop_goes_on(
    database: Database, dsn: str, postgres: PostgresServer, keep: Keep
) -> None:
    """Also on connections that are open, in the middle of a statement, and where nobody waits for it any more."""
    patient = keep(postgres_database(dsn, patience=PATIENCE))
    assert await count(database) == await count(patient) == 0
    ticks = 0
    sleeping = asyncio.create_task(database.ask(bind(SLEEP), patience=1.0))
    while await patient.rows(SLEEPERS) == [(0,)] and not sleeping.done():
        await asyncio.sleep(0.01)
    with postgres.frozen():
        while not sleeping.done():
            await asyncio.sleep(0.001)
            ticks += 1
        with pytest.raises(DatabaseDownError, match="in time"):
            await sleeping
        for _ in range(2):
            with pytest.raises(DatabaseDownError, match="in time"):
                await count(database, 0.5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await count(patient, 1.0)
        assert ticks > 3
    assert await count(database) == await count(patient) == 0


async def test_a_thread_that_wakes_while_its_connection_is_still_being_cut_says_why(
    database: Database, dsn: str, postgres: PostgresServer, keep: Keep
) -> None:
    class Leisurely(PostgresDialect):
        def cut(self, call: Call) -> None:
            super().cut(call)
            time.sleep(0.1)  # the thread wakes meanwhile

    patient = keep(Database(Leisurely(dsn), patience=PATIENCE))
    assert await count(patient) == 0
    with postgres.frozen(), pytest.raises(DatabaseDownError, match="in time"):
        await count(patient, 0.3)


async def test_a_server_may_come_later(dsn: str, postgres: PostgresServer, keep: Keep) -> None:
    await asyncio.to_thread(postgres.stop)
    database = keep(postgres_database(dsn))
    try:
        with pytest.raises(DatabaseDownError, match="does not answer"):
            await count(database)
    finally:
        await asyncio.to_thread(postgres.start)
    await asyncio.gather(*(note(database, f"{number}") for number in range(4)))
    assert await count(database) == 4


async def test_tables_that_are_not_ours_are_left_alone_and_the_command_is_named(
    database: Database, dsn: str, postgres: PostgresServer
) -> None:
    postgres.run(dsn, "UPDATE ozhivi_schema SET version_num = '9999'")
    with pytest.raises(DatabaseVersionError, match="later version"):
        await database.open()
    with postgres.database(empty=True) as empty:
        with pytest.raises(DatabaseVersionError, match=UPGRADE):
            await postgres_database(empty).open()
        assert postgres.run(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize(
    ("change", "advice"), [("/no_such_database", "check address"), ("nonsense=%zz ", "not understood")]
)
async def test_an_address_that_is_wrong_is_told_without_it(postgres: PostgresServer, change: str, advice: str) -> None:
    address = postgres.dsn("x").replace("/x", change).replace("ozhivi@", "ozhivi:secret@")
    with pytest.raises(DatabaseDownError, match=advice) as caught:
        await Database(PostgresDialect(address if change.startswith("/") else change)).open()
    assert "secret" not in str(caught.value) and "pg-" not in str(caught.value)


async def test_who_may_only_read_is_reported(dsn: str, keep: Keep) -> None:
    database = keep(postgres_database(f"{dsn}&options=-cdefault_transaction_read_only%3Don"))
    with pytest.raises(DatabaseDownError, match="only reads"):
        await note(database, "a")
