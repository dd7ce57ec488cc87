"""Idempotency of messages: each is worked at once, however often it comes, at the same time or later, here or in
another process."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from skill.database.database import Database
from skill.dialog.reply_cache import KEEP, LEASE, Claim, ReplyCache

_IN_MEMORY: Final = 30_000  # replies in memory, about 1 KB each; older ones are in the database
_LOOK_AGAIN: Final = 0.05  # seconds between looks at what another process makes of a message
_GOODBYE: Final = 5.0  # seconds that open work has when the service ends

Work = Callable[[], Awaitable[bytes]]


class Flight(NamedTuple):
    """The work at one message."""

    task: asyncio.Task[bytes]
    """Task whose result is the reply's bytes."""
    again: bool
    """Whether the message came before."""


class SingleFlight:
    """One task for each key, over the replies that are kept. Its tasks are held until they are done: whoever waits for
    one may leave (asyncio.shield), the work goes on."""

    def __init__(self, replies: ReplyCache, clock: Callable[[], float] = time.monotonic) -> None:
        self._replies, self._clock = replies, clock
        self._tasks: OrderedDict[str, tuple[asyncio.Task[bytes], float]] = OrderedDict()

    def start(self, key: str, work: Work) -> Flight:
        """The task that answers `key`, which is `work` where there is none yet. `work` must not raise."""
        self._forget()
        if key in self._tasks and self._tasks[key][1] > self._clock():
            self._tasks.move_to_end(key)  # what comes again stays longest
            return Flight(self._tasks[key][0], again=True)
        task = asyncio.create_task(self._run(key, work))
        self._tasks[key] = (task, self._clock() + KEEP)
        return Flight(task, again=False)

    async def close(self) -> None:
        """Wait for open work, at most five seconds, and cancel what is left of it."""
        open_ = [task for task, _ in self._tasks.values() if not task.done()]
        if open_:
            await asyncio.wait(open_, timeout=_GOODBYE)
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)
        self._tasks.clear()

    async def _run(self, key: str, work: Work) -> bytes:
        wait_until = self._clock() + LEASE
        claim = await self._replies.claim(key)
        while claim is Claim.OTHERS and self._clock() < wait_until:
            await asyncio.sleep(_LOOK_AGAIN)
            claim = await self._replies.claim(key)
        if isinstance(claim, bytes):
            return claim
        body = await work()
        self._replies.keep(key, body)
        return body

    def _forget(self) -> None:
        """Drop tasks past their time or too many; never one that is being worked at."""
        now = self._clock()
        while self._tasks:
            key, (task, expires) = next(iter(self._tasks.items()))
            if not task.done() or (expires > now and len(self._tasks) <= _IN_MEMORY):
                return
            del self._tasks[key]


@asynccontextmanager
async def open_single_flight(database: Database, secret: bytes) -> AsyncIterator[SingleFlight]:
    """The guard of all messages while the block runs; open work is waited for at its end.

    Args:
        database: where the replies are.
        secret: of the service; the replies are sealed under it.
    """
    replies = ReplyCache(database, secret)
    single_flight = SingleFlight(replies)
    try:
        yield single_flight
    finally:
        await single_flight.close()
        await replies.close()
