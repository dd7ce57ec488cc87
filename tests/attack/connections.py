"""Many connections that do nothing, or too little."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from skill.http_limits import ConnectionLimits
from tests.attack.arena import Arena
from tests.attack.attack import attack

HALVES = (
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST /code HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nco",
)
"""Requests that do not come to their end."""
LOG_BYTES = 2**20
"""Bytes that the log may grow by."""


class Crowd:
    """Strangers with connections of which each comes to no end."""

    def __init__(self, arena: Arena) -> None:
        self.arena, self.opened, self.cut = arena, 0, 0
        self._tasks = list[asyncio.Task[None]]()

    @property
    def left(self) -> int:
        """Number of connections that are still open."""
        return self.opened - self.cut

    async def add(self, source: str, number: int) -> None:
        """Open so many connections from an address, and hold them."""
        for turn in range(number):
            self._tasks.append(asyncio.create_task(self._hold(source, HALVES[turn % len(HALVES)])))
            if turn % 50 == 0:
                await asyncio.sleep(0.01)

    async def _hold(self, source: str, half: bytes) -> None:
        writer = None
        try:
            reader, writer = await self.arena.connect(source)
            self.opened += 1
            writer.write(half)
            await reader.read()
            self.cut += 1
        except OSError:
            self.cut += 1
        finally:
            if writer is not None:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def leave(self) -> None:
        """Close what is still open."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


@attack("Connections that do nothing, or too little, are cut, and others are served while they last.")
async def connections(arena: Arena) -> None:
    """Half requests from one address and then from many, more than there are places."""
    limits, crowd = ConnectionLimits(), Crowd(arena)
    halves = sum(bool(half.endswith(b"co")) for half in HALVES) / len(HALVES)
    most = 0 if arena.size(1, 0) else round(limits.network * halves) + 10  # bodies have longer than heads
    before, longest = arena.service.log.stat().st_size, 0.0
    async with arena.honest_turns():
        for source in range(2, arena.size(12, 3)):
            await crowd.add(f"127.0.0.{source}", arena.size(1100, 1100))
        stop = time.monotonic() + arena.size(45, 13)
        while time.monotonic() < stop or (crowd.left > most and time.monotonic() < stop + arena.seconds(0)):
            longest = max(longest, await arena.page_seconds())
            await asyncio.sleep(0.5)
    left = crowd.left
    await crowd.leave()
    grown = arena.service.log.stat().st_size - before
    arena.findings.count(connections=crowd.opened, cut=crowd.cut, longest_page=f"{longest:.2f} s", log=f"{grown} bytes")
    arena.findings.expect(longest < arena.seconds(2), "the first page opens within 2 s")
    arena.findings.expect(left <= most, f"they are cut: {left} are left")
    arena.findings.expect(grown < LOG_BYTES, "the log stays small")
