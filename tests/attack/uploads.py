"""Photos that come in all at once, and a file that somebody keeps locked."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import suppress

from skill.database.revision import DATABASE_FILE
from skill.web.upload_budget import NETWORK_BYTES, TOTAL_BYTES
from tests.attack.arena import Arena
from tests.attack.attack import attack

MEBIBYTE = 2**20
HEAD = (
    b"POST /api/v1/animations HTTP/1.1\r\nHost: x\r\nX-Ozhivi-Ticket: %b\r\nContent-Length: %d\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n\xff\xd8\xff\xe0"
)


@attack("Photos on their way in take no more of the disk than there is for them, and others are served meanwhile.")
async def uploads(arena: Arena) -> None:
    """Uploads with many tickets at once that stop shortly before their end, from one address and from many."""
    most, slowest, refused = 0, 0.0, 0

    async def upload(source: str, token: str) -> None:
        nonlocal refused
        with suppress(OSError):
            reader, writer = await arena.connect(source)
            try:
                writer.write(HEAD % (token.encode(), 40 * MEBIBYTE))
                for _ in range(35):
                    writer.write(bytes(MEBIBYTE))
                    await writer.drain()
                refused += b" 503 " in await reader.readline()
            finally:
                writer.close()

    async def fill(sources: list[str], each: int) -> int:
        """The most bytes on the disk while so many come from each address."""
        nonlocal slowest
        tokens = [(await arena.issue(f"stranger {number}")).token for number in range(each * len(sources))]
        tasks = [
            asyncio.create_task(upload(sources[number % len(sources)], token)) for number, token in enumerate(tokens)
        ]
        seen, stop = 0, time.monotonic() + arena.size(10, 4)
        while time.monotonic() < stop or (not refused and time.monotonic() < stop + 60):
            seen = max(seen, sum(size(path) for path in arena.service.files("incoming")))
            slowest = max(slowest, await arena.page_seconds())
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return seen

    async with arena.honest_turns():
        of_one = await fill(["127.0.0.2"], arena.size(30, 8))
        if arena.size(1, 0):
            most = await fill([f"127.0.0.{number}" for number in range(3, 11)], 5)
        ends = time.monotonic() + arena.seconds(1)
        while (left := arena.service.files("incoming")) and time.monotonic() < ends:
            await asyncio.sleep(0.1)
    arena.findings.count(of_one_address=f"{of_one // MEBIBYTE} MiB", of_all=f"{most // MEBIBYTE} MiB")
    arena.findings.count(refused=refused, slowest_page=f"{slowest:.2f} s")
    arena.findings.expect(refused > 0, "more come than there is room for, and hear it")
    arena.findings.expect(of_one <= NETWORK_BYTES, "one address takes no more than its part")
    arena.findings.expect(most <= TOTAL_BYTES, "all take no more than there is")
    arena.findings.expect(left == [], f"nothing stays: {len(left)} files")
    arena.findings.expect(slowest < arena.seconds(3), "the first page opens within 3 s")


def size(path) -> int:  # type: ignore[no-untyped-def]
    """Bytes of a file that may be gone by now."""
    with suppress(OSError):
        return int(path.stat().st_size)
    return 0


@attack("A file that somebody keeps locked holds up nobody who does not need it.")
async def locked_file(arena: Arena) -> None:
    """Requests that need the tickets' file while another process keeps it locked."""
    health, seconds = list[float](), arena.size(20, 6)
    other = sqlite3.connect(arena.service.data / DATABASE_FILE, isolation_level=None)
    statuses = dict[int, int]()

    async def ask() -> None:
        async with arena.session("127.0.0.2") as client, client.get(f"/u/{'x' * 43}") as answer:
            statuses[answer.status] = statuses.get(answer.status, 0) + 1

    arena.may_log_errors = True
    await arena.page_seconds()
    other.execute("BEGIN EXCLUSIVE")
    asking = [asyncio.create_task(ask()) for _ in range(arena.size(200, 50))]
    stop = time.monotonic() + seconds
    async with arena.session("127.0.0.1") as client:
        while time.monotonic() < stop:
            began = time.monotonic()
            async with client.get("/healthz") as answer:
                arena.findings.expect(answer.status == 200, "/healthz answers")
            health.append(time.monotonic() - began)
            await asyncio.sleep(0.2)
        other.execute("ROLLBACK")
        other.close()
        await asyncio.gather(*asking)
        async with client.get(f"/u/{'x' * 43}") as answer:
            arena.findings.expect(answer.status == 410, f"afterwards all is as before: {answer.status}")
    arena.findings.count(seconds=seconds, statuses=statuses, slowest_health=f"{max(health):.2f} s")
    arena.findings.expect(max(health) < arena.seconds(1), "/healthz answers within a second")
    arena.findings.expect(set(statuses) <= {410, 503}, f"whoever needs the file hears that it is not there: {statuses}")
