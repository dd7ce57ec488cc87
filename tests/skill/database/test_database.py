"""Transactions on both databases: whole or not at all, in time, by one clock."""

from __future__ import annotations

import asyncio
import threading

import pytest

from skill.database.database import Database
from skill.database.errors import ConflictError, DatabaseDownError
from skill.database.transaction import Answer, Transaction, bind
from tests.fake_clock import FakeClock

pytestmark = pytest.mark.asyncio

NOTE = "INSERT INTO ozhivi_workers (name, seen) VALUES (:name, :seen)"

RENAME = "UPDATE ozhivi_workers SET name = :new WHERE name = :old"


async def names(database: Database) -> list[str]:
    rows = await database.rows("SELECT name FROM ozhivi_workers ORDER BY name")
    return [name for (name,) in rows]


async def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    def work(transaction: Transaction) -> None:
        transaction.run(NOTE, name="one", seen=1.0)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.write(work)
    assert await names(database) == []
    await database.write(lambda transaction: transaction.run(NOTE, name="two", seen=1.0))
    assert await names(database) == ["two"]


async def test_a_row_with_the_values_of_another_is_a_conflict(database: Database) -> None:
    for expected in (1, 0):
        if expected:
            await database.write(lambda transaction: transaction.run(NOTE, name="one", seen=1.0))
            continue
        with pytest.raises(ConflictError):
            await database.write(lambda transaction: transaction.run(NOTE, name="one", seen=1.0))
    assert await names(database) == ["one"]


async def test_changes_that_go_at_once_are_done_as_a_whole_or_not(database: Database) -> None:
    one, two = bind(NOTE, name="one", seen=1.0), bind(NOTE, name="two", seen=2.0)
    assert [answer.number for answer in await database.change(one, bind(RENAME, old="one", new="three"))] == [1, 1]
    with pytest.raises(ConflictError):
        await database.change(two, bind(NOTE, name="three", seen=1.0))
    assert await names(database) == ["three"]
    assert await database.change() == []


async def test_questions_that_are_asked_together_have_each_their_own_answers(database: Database) -> None:
    await database.change(*(bind(NOTE, name=f"{number}", seen=float(number)) for number in range(3)))
    find = "SELECT name FROM ozhivi_workers WHERE seen = :seen"
    ask = (database.ask(bind(find, seen=1.0), bind(find, seen=7.0)), database.ask(bind(find, seen=2.0)))
    assert await asyncio.gather(*ask) == [[[("1",)], []], [[("2",)]]]
    quick = asyncio.create_task(database.ask(bind(find, seen=0.0)))
    gone = asyncio.create_task(database.ask(bind(find, seen=1.0)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await quick == [[("0",)]]


async def test_changes_that_go_together_fail_each_for_itself(database: Database) -> None:
    await database.change(bind(NOTE, name="one", seen=1.0))

    def change(name: str) -> asyncio.Task[list[Answer]]:
        rename = bind(RENAME, old="none", new=name)
        return asyncio.create_task(database.change(bind(NOTE, name=name, seen=2.0), rename, durable=False))

    tasks = [change(name) for name in ("two", "one", "three")]
    two, one, three = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(one, ConflictError)
    assert not isinstance(two, BaseException) and [answer.number for answer in two] == [1, 0] and three == two
    assert await names(database) == ["one", "three", "two"]


async def test_time_is_the_same_for_changes_and_questions(database: Database, clock: FakeClock) -> None:
    await database.change(bind("INSERT INTO ozhivi_workers VALUES ('one', :now + :later)", later=2.5))
    assert await database.ask(bind("SELECT seen, :now FROM ozhivi_workers")) == [[(clock.now + 2.5, clock.now)]]


async def test_time_is_the_database_s_unless_a_test_turns_it(database: Database, clock: FakeClock) -> None:
    assert await database.write(lambda transaction: transaction.now) == clock.now == database.now()


async def test_work_that_is_done_alone_counts_right(database: Database) -> None:
    def count(transaction: Transaction) -> None:
        seen = transaction.value("SELECT count(*) FROM ozhivi_workers")
        transaction.run(NOTE, name=f"{seen:03}", seen=0.0)

    await asyncio.gather(*(database.write(count, alone="count") for _ in range(12)))
    assert await names(database) == [f"{number:03}" for number in range(12)]


async def test_whoever_waits_is_answered_in_time_and_the_loop_goes_on(database: Database) -> None:
    await database.open()
    over, ended = threading.Event(), list[bool]()
    with pytest.raises(DatabaseDownError, match="in time"):
        await database.write(lambda _: ended.append(over.wait(60)), patience=0.1)
    assert ended == []  # the thread hangs still
    over.set()


async def test_a_closed_database_says_so(sqlite: Database) -> None:
    await sqlite.open()
    await sqlite.close()
    with pytest.raises(DatabaseDownError, match="closed"):
        await names(sqlite)
