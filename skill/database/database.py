"""The database of the service: transactions in threads of their own, each with a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple, Self, TypeVar

from skill.clock import steady_time
from skill.database.dialect import Call, Clock, Dialect
from skill.database.errors import ConflictError, DatabaseDownError
from skill.database.transaction import Answer, Row, Statement, Transaction, bind

PATIENCE: Final = 4.0
"""Seconds until a question has its answer, or its error."""
_MARGIN: Final = 0.2
"""Seconds after that in which a thread may say by itself what went wrong."""
_TRIES: Final = 5
"""Attempts at a transaction that another one was in the way of."""
_LATE: Final = "the database does not answer in time: see that it runs, and that nothing locks or overloads it"
_TURNS: Final = 2
"""Turns of the event loop in which others may join."""
_T = TypeVar("_T")
_W = TypeVar("_W")


class Database:
    """One SQLite file or PostgreSQL database, whose tables all stores of the service share.

    Methods never block the event loop; all of them raise DatabaseDownError.

    Args:
        dialect: The driver.
        clock: Seconds since 1970; None for the database's own clock, or the machine's where it has none.
        patience: Seconds until a question has its answer, or its error, unless it has a time of its own.
    """

    def __init__(self, dialect: Dialect, clock: Clock | None = None, *, patience: float = PATIENCE) -> None:
        self._clock, self._patience = clock, patience
        self._dialect = dialect
        self._disk, self._committed, self._flushed = asyncio.Lock(), 0, 0
        self._lanes = [_Lane(dialect, threads) for threads in dialect.lanes]
        self._waiting: dict[tuple[bool, float], list[_Asked]] = {}
        self._sending = set[asyncio.Task[None]]()

    async def open(self) -> Self:
        """Connect at once, and see that the tables are of this version; else the first question does. Raises
        DatabaseVersionError as well."""
        try:
            await self.write(lambda _: None, durable=False)
        except BaseException:
            await self.close()
            raise
        return self

    def now(self) -> float:
        """Seconds since 1970 by this machine's clock, without asking the database: for what people are told."""
        return (self._clock or steady_time)()

    async def write(
        self,
        work: Callable[[Transaction], _T],
        *,
        alone: str = "",
        durable: bool = True,
        patience: float | None = None,
    ) -> _T:
        """The result of work that is done as a whole or not.

        Args:
            work: Runs in a thread, maybe more than once; what it raises undoes it.
            alone: Name of work that is done by one call at a time, where locked rows are not enough.
            durable: Whether it is on the disk afterwards; else a power cut may lose it.
            patience: Seconds until the answer, or the error; None for the database's.

        Raises:
            ConflictError: A row has the unique values of another.
        """
        call = self._call(patience, durable=durable, alone=alone)
        return await self._settled(call, self._within(self._lanes[0], call, self._lanes[0].transact, work))

    async def change(self, *changes: Statement, durable: bool = True, patience: float | None = None) -> list[Answer]:
        """The answers to changes that are done as a whole or not, for one way to the server and back. Arguments and
        errors as of `write`. Where one writes at a time, those that a power cut may lose go together."""
        if not changes:
            return []
        if not durable and len(self._lanes) > 1:
            return await self._together(changes, patience, reading=False)
        call = self._call(patience, durable=durable)
        return await self._settled(call, self._within(self._lanes[0], call, self._lanes[0].run_alone, changes))

    async def run(self, sql: str, **values: object) -> int:
        """The number of rows that one change changed; it is on the disk."""
        return (await self.change(bind(sql, **values)))[0].number

    async def rows(self, sql: str, **values: object) -> list[Row]:
        """The rows of one query, as of `ask`."""
        return (await self.ask(bind(sql, **values)))[0]

    async def ask(self, *queries: Statement, patience: float | None = None) -> list[list[Row]]:
        """The rows of each of several queries, which nobody who writes holds up. What is asked at about the same time,
        or while all connections are busy, goes together."""
        return [answer.rows for answer in await self._together(queries, patience, reading=True)]

    async def erase(self) -> None:
        """Delete from the database's log what was deleted from the tables. Where another process reads, later."""
        with suppress(DatabaseDownError):  # what was committed stands; the next one does it
            await self._within(self._lanes[0], self._call(erase=True), self._lanes[0].transact, lambda _: None)

    async def close(self) -> None:
        """Close the connections after what is being done."""
        for lane in self._lanes:
            await asyncio.to_thread(lane.close)

    async def _together(
        self, statements: Sequence[Statement], patience: float | None, *, reading: bool
    ) -> list[Answer]:
        """The answers to statements that go with those of others who wait as long."""
        seconds = self._patience if patience is None else patience
        asked = _Asked(statements, asyncio.get_running_loop().create_future())
        waiting = self._waiting.setdefault((reading, seconds), [])
        if not waiting:
            task = asyncio.create_task(self._send(reading, seconds))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        waiting.append(asked)
        try:
            async with asyncio.timeout(seconds + _MARGIN):
                return await asked.answers
        except TimeoutError:
            raise DatabaseDownError(_LATE) from None

    async def _send(self, reading: bool, seconds: float) -> None:
        """Send what has come until a connection is free."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        lane = self._lanes[-1 if reading else 0]
        async with lane.turn:
            waiting = [one for one in self._waiting.pop((reading, seconds)) if not one.answers.done()]
            if waiting:
                await self._answer(lane, waiting, seconds, reading)

    async def _answer(self, lane: _Lane, together: Sequence[_Asked], seconds: float, reading: bool) -> None:
        call = self._call(seconds, reading=reading, durable=False)
        try:
            statements = [statement for one in together for statement in one.statements]
            answers = iter(await self._within(lane, call, lane.run_alone, statements))
            for one in together:
                found = list(islice(answers, len(one.statements)))
                if not one.answers.done():
                    one.answers.set_result(found)
        except Exception as error:  # noqa: BLE001  (whoever waits raises it)
            if isinstance(error, ConflictError) and len(together) > 1:  # of one of them
                for one in together:
                    await self._answer(lane, [one], seconds, reading)
                return
            for one in together:
                if not one.answers.done():
                    one.answers.set_exception(error)

    async def _settled(self, call: Call, answer: Coroutine[Any, Any, _T]) -> _T:
        """An answer, and with it what was committed on the disk where the call is durable. Those who wait at once share
        the way to the disk, and hold nobody else up."""
        found = await answer
        flush = self._dialect.flush
        if not call.durable or flush is None:
            return found
        self._committed += 1
        mine = self._committed
        try:
            async with asyncio.timeout(call.due - time.monotonic() + _MARGIN), self._disk:
                if self._flushed < mine:
                    newest = self._committed
                    await asyncio.to_thread(flush)
                    self._flushed = newest
        except TimeoutError:
            raise DatabaseDownError(_LATE) from None
        except OSError as error:
            raise self._dialect.explain(error) from error
        return found

    def _call(self, patience: float | None = None, **kind: Any) -> Call:
        due = time.monotonic() + (self._patience if patience is None else patience)
        return Call(due, clock=self._clock, **kind)

    async def _within(self, lane: _Lane, call: Call, do: Callable[[Call, _W], _T], work: _W) -> _T:
        try:
            future = lane.threads.submit(lane.perform, call, do, work)
        except RuntimeError:
            raise DatabaseDownError("the database is closed") from None
        loop, seconds = asyncio.get_running_loop(), call.due - time.monotonic()
        cutter = loop.call_later(seconds, lane.cut, call)  # whoever asked may be gone by then
        try:
            async with asyncio.timeout(seconds + _MARGIN):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise DatabaseDownError(_LATE) from None
        finally:
            if future.done():
                cutter.cancel()


class _Asked(NamedTuple):
    """Statements of somebody who waits."""

    statements: Sequence[Statement]
    """What is to be done."""
    answers: asyncio.Future[list[Answer]]
    """Its answers; cancelled by whoever does not wait any more."""


class _Lane:
    """Threads, and the connections that they use in turn."""

    def __init__(self, dialect: Dialect, threads: int) -> None:
        self.threads: Final = ThreadPoolExecutor(threads, thread_name_prefix="database")
        """The threads; everything else of it runs in them, but for `cut` and `close`."""
        self.turn: Final = asyncio.Semaphore(threads)
        """The right to send what goes together."""
        self._dialect = dialect
        self._idle: list[Any] = []

    def perform(self, call: Call, do: Callable[[Call, _W], _T], work: _W) -> _T:
        """The result of a call, tried again where another one was in its way."""
        tries = _TRIES
        while True:
            if time.monotonic() > call.due:
                raise DatabaseDownError(_LATE)
            try:
                return do(call, work)
            except self._dialect.errors as error:
                if call.cut:
                    raise DatabaseDownError(_LATE) from error
                tries -= 1
                if not tries or not isinstance(error, self._dialect.transient):
                    raise self._dialect.explain(error) from error

    def transact(self, call: Call, work: Callable[[Transaction], _T]) -> _T:
        """The result of work in a transaction."""
        connection, now = self._begin(call, self._dialect.begin)
        try:
            answer = work(Transaction(partial(self._dialect.run, connection), now))
            self._dialect.commit(connection)
        except BaseException:
            self._put_back(call, connection, self._dialect.recover(connection))
            raise
        self._put_back(call, connection)
        return answer

    def run_alone(self, call: Call, statements: Sequence[Statement]) -> list[Answer]:
        """The answers to statements that are a transaction by themselves."""
        first = partial(self._dialect.run_alone, statements=statements)
        connection, answers = self._begin(call, first, again=call.reading)  # changes may have been done
        self._put_back(call, connection)
        return answers

    def cut(self, call: Call) -> None:
        """End a call that takes too long, if it still runs."""
        if call.connection is not None:
            self._dialect.cut(call)

    def close(self) -> None:
        """Wait for what is being done, then close."""
        self.threads.shutdown()
        while self._idle:
            self._idle.pop().close()

    def _begin(self, call: Call, first: Callable[[Any, Call], _T], *, again: bool = True) -> tuple[Any, _T]:
        """A connection, and what comes of the first thing that is done on it, which may be tried `again`: an idle one,
        which a restart may have cut, or a new one."""
        while True:
            reused = self._take()
            call.connection = connection = reused or self._dialect.connect(call)
            try:
                return connection, first(connection, call)
            except BaseException:
                alive = self._dialect.recover(connection)
                self._put_back(call, connection, alive)
                if alive or reused is None or not again or time.monotonic() > call.due:
                    raise

    def _take(self) -> Any:
        """An idle connection; None where there is none that answers."""
        while self._idle:
            connection = self._idle.pop()
            if self._dialect.answers(connection):
                return connection
            connection.close()
        return None

    def _put_back(self, call: Call, connection: Any, alive: bool = True) -> None:
        call.connection = None
        if alive:
            self._idle.append(connection)
