"""The database of the service: transactions in threads of their own, each with a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self, TypeVar

from skill.clock import steady_time
from skill.database.dialect import Call, Dialect
from skill.database.errors import DatabaseDownError
from skill.database.transaction import Transaction, purge_batch

PATIENCE: Final = 4.0
"""Seconds until a question has its answer, or its error."""
_MARGIN: Final = 0.2
"""Seconds after that in which a thread may say by itself what went wrong."""
_TRIES: Final = 5
"""Attempts at a transaction that another one was in the way of."""
_BATCH: Final = 1000
"""Rows that one transaction purges."""
_LATE: Final = "the database does not answer in time: see that it runs, and that nothing locks or overloads it"
_T = TypeVar("_T")

Clock = Callable[[], float]


class Database:
    """One SQLite file or PostgreSQL database, whose tables all stores of the service share.

    Methods never block the event loop; all of them raise DatabaseDownError.

    Args:
        dialect: The driver.
        clock: Seconds since 1970; None for the database's own clock, or the machine's where it has none.
        patience: Seconds until a question has its answer, or its error, unless it has a time of its own.
    """

    def __init__(self, dialect: Dialect, clock: Clock | None = None, *, patience: float = PATIENCE) -> None:
        self._clock, self._patience = clock or steady_time, patience
        self._lanes = [_Lane(dialect, threads, clock) for threads in dialect.lanes]

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
        return self._clock()

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
        call = Call(self._due(patience), durable=durable, alone=alone)
        return await self._within(self._lanes[0], call, work)

    async def read(self, work: Callable[[Transaction], _T], *, patience: float | None = None) -> _T:
        """The result of work that changes nothing, which nobody who writes holds up. Arguments as of `write`."""
        return await self._within(self._lanes[-1], Call(self._due(patience), reading=True), work)

    async def purge(self, *tables: str) -> None:
        """Delete what is past its time in tables with a column `expires`, a batch at a time, so that others get in."""
        for table in tables:
            batch = partial(purge_batch, table=table, most=_BATCH)
            while await self.write(batch, durable=False) > _BATCH:
                pass

    async def erase(self) -> None:
        """Delete from the database's log what was deleted from the tables. Where another process reads, later."""
        with suppress(DatabaseDownError):  # what was committed stands; the next one does it
            await self._within(self._lanes[0], Call(self._due(None), erase=True), lambda _: None)

    async def close(self) -> None:
        """Close the connections after what is being done."""
        for lane in self._lanes:
            await asyncio.to_thread(lane.close)

    def _due(self, patience: float | None) -> float:
        return time.monotonic() + (self._patience if patience is None else patience)

    async def _within(self, lane: _Lane, call: Call, work: Callable[[Transaction], _T]) -> _T:
        try:
            future = lane.threads.submit(lane.perform, call, work)
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


class _Lane:
    """Threads, and the connections that they use in turn."""

    def __init__(self, dialect: Dialect, threads: int, clock: Clock | None) -> None:
        self.threads: Final = ThreadPoolExecutor(threads, thread_name_prefix="database")
        """The threads; everything else of it runs in them, but for `cut` and `close`."""
        self._dialect, self._clock = dialect, clock
        self._idle: list[Any] = []

    def perform(self, call: Call, work: Callable[[Transaction], _T]) -> _T:
        """The result of a transaction."""
        tries = _TRIES
        while True:
            if time.monotonic() > call.due:
                raise DatabaseDownError(_LATE)
            try:
                return self._attempt(call, work)
            except self._dialect.errors as error:
                if call.cut:
                    raise DatabaseDownError(_LATE) from error
                tries -= 1
                if not tries or not isinstance(error, self._dialect.transient):
                    raise self._dialect.explain(error) from error

    def cut(self, call: Call) -> None:
        """End a call that takes too long, if it still runs."""
        if call.connection is not None:
            self._dialect.cut(call)

    def close(self) -> None:
        """Wait for what is being done, then close."""
        self.threads.shutdown()
        while self._idle:
            self._idle.pop().close()

    def _attempt(self, call: Call, work: Callable[[Transaction], _T]) -> _T:
        connection, now = self._begin(call)
        done = False
        try:
            now = self._clock() if self._clock else steady_time() if now is None else now
            answer = work(Transaction(connection, self._dialect.translate, now, self._dialect.together))
            self._dialect.commit(connection)
            done = True
        finally:
            call.connection = None
            if done or self._dialect.recover(connection):
                self._idle.append(connection)
        return answer

    def _begin(self, call: Call) -> tuple[Any, float | None]:
        """A connection that answers, with an open transaction: one of the idle ones, which a restart may have cut, or a
        new one."""
        while True:
            reused = self._idle.pop() if self._idle else None
            connection = reused or self._dialect.connect(call)
            call.connection = connection
            try:
                return connection, self._dialect.begin(connection, call)
            except BaseException:
                call.connection = None
                alive = self._dialect.recover(connection)
                if alive:
                    self._idle.append(connection)
                if alive or reused is None or time.monotonic() > call.due:
                    raise
