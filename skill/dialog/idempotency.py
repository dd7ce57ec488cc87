"""Each message is worked at once, however often it comes, at the same time or later, here or in another process."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from skill.dialog.reply_cache import KEEP, LEASE, Claim, Replies

_REMEMBERED: Final = 30_000  # replies in memory, about 1 KB each; older ones are in the file
_LOOK_AGAIN: Final = 0.05  # seconds between looks at what another process makes of a message
_GOODBYE: Final = 5.0  # seconds that open work has when the service ends

Work = Callable[[], Awaitable[bytes]]


class Once:
    """Single flight by key, over the kept replies. Its tasks are held until they are done: whoever waits for one may
    leave (asyncio.shield), the work goes on."""

    def __init__(self, replies: Replies, clock: Callable[[], float] = time.monotonic) -> None:
        self._replies, self._clock = replies, clock
        self._tasks: OrderedDict[str, tuple[asyncio.Task[bytes], float]] = OrderedDict()

    def start(self, key: str, work: Work) -> tuple[asyncio.Task[bytes], bool]:
        """The task that answers `key`, and whether it was there already. `work` must not raise."""
        self._forget()
        if key in self._tasks and self._tasks[key][1] > self._clock():
            self._tasks.move_to_end(key)  # what comes again stays longest
            return self._tasks[key][0], True
        task = asyncio.create_task(self._run(key, work))
        self._tasks[key] = (task, self._clock() + KEEP)
        return task, False

    async def close(self) -> None:
        open_ = [task for task, _ in self._tasks.values() if not task.done()]
        if open_:
            await asyncio.wait(open_, timeout=_GOODBYE)
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)
        self._tasks.clear()

    async def _run(self, key: str, work: Work) -> bytes:
        waited_until = self._clock() + LEASE
        claim = await self._replies.claim(key)
        while claim is Claim.OTHERS and self._clock() < waited_until:
            await asyncio.sleep(_LOOK_AGAIN)
            claim = await self._replies.claim(key)
        if isinstance(claim, bytes):
            return claim
        body = await work()
        self._replies.keep(key, body)
        return body

    def _forget(self) -> None:
        """Those past their time or too many; never one that is being worked at."""
        now = self._clock()
        while self._tasks:
            key, (task, expires) = next(iter(self._tasks.items()))
            if not task.done() or (expires > now and len(self._tasks) <= _REMEMBERED):
                return
            del self._tasks[key]
