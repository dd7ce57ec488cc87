"""Pages of progress that are opened by the hundred, and then never read."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress

from skill.web.auth import KEY_HEADER, USER_HEADER
from skill.web.job_watch import JOB_WATCHERS, NETWORK_WATCHERS
from tests.attack.arena import KEY, Arena
from tests.attack.attack import attack
from tests.attack.identities import form

STOP_SECONDS = 20.0
"""Seconds from SIGTERM to the end of the service."""


class Watchers:
    """Strangers who look at jobs, and who count what they are answered."""

    def __init__(self, arena: Arena) -> None:
        self.arena, self.statuses = arena, Counter[int]()
        self._tasks = list[asyncio.Task[None]]()

    async def add(self, job: str, source: str) -> None:
        """Look at a job from an address until the end."""
        self._tasks.append(asyncio.create_task(self._look(job, source)))
        if len(self._tasks) % 50 == 0:
            await asyncio.sleep(0.1)

    async def _look(self, job: str, source: str) -> None:
        with suppress(OSError):
            reader, writer = await self.arena.connect(source)
            try:
                writer.write(b"GET /api/v1/animations/%b/events HTTP/1.1\r\nHost: x\r\n\r\n" % job.encode())
                self.statuses[int((await reader.readuntil(b"\r\n")).split()[1])] += 1
                await asyncio.sleep(3600)
            except asyncio.IncompleteReadError:
                self.statuses[0] += 1
            finally:
                writer.close()

    async def answered(self, seconds: float) -> None:
        """Wait until each was answered, but no longer than so."""
        end = time.monotonic() + seconds
        while self.statuses.total() < len(self._tasks) and time.monotonic() < end:
            await asyncio.sleep(0.1)

    async def leave(self) -> None:
        """Close all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


@attack(
    "However many look at jobs, nobody waits, one address has its part, and a stop is heard and over in time.",
    queue_limit=300,
)
async def watchers(arena: Arena) -> None:
    """Lines of progress: as many as there may be of many jobs, more of one job, more of one address; then the stop."""
    jobs, number = list[str](), arena.size(200, 40)
    async with arena.session("127.0.0.1") as client:
        for user in range(number):
            headers = {KEY_HEADER: KEY, USER_HEADER: f"user {user}"}
            headers["Content-Type"] = "multipart/form-data; boundary=x"
            async with client.post("/api/v1/animations", data=form(user), headers=headers) as answer:
                jobs.append((await answer.json())["id"])
    spread, of_job, of_address = Watchers(arena), Watchers(arena), Watchers(arena)
    async with arena.honest_turns():
        for turn in range(number * (JOB_WATCHERS - 1)):
            await spread.add(jobs[turn % number], f"127.0.2.{turn // 60 + 1}")
        for _ in range(50):
            await of_job.add(jobs[0], "127.0.0.2")
        for turn in range(200):
            await of_address.add(jobs[turn % (number - 1) + 1], "127.0.0.3")
        for crowd in (spread, of_job, of_address):
            await crowd.answered(20)
        page = await arena.page_seconds()
        await asyncio.sleep(arena.size(5, 1))
    lines = sum(crowd.statuses[200] for crowd in (spread, of_job, of_address))
    began = time.perf_counter()
    code = await asyncio.to_thread(arena.service.stop)
    stopped = time.perf_counter() - began
    for crowd in (spread, of_job, of_address):
        await crowd.leave()
    arena.findings.count(jobs=number, lines=lines, of_one_job=dict(of_job.statuses))
    arena.findings.count(of_one_address=dict(of_address.statuses), page=f"{page:.2f} s", stop=f"{stopped:.1f} s")
    arena.findings.expect(
        spread.statuses == {200: number * (JOB_WATCHERS - 1)}, f"who may look does: {spread.statuses}"
    )
    arena.findings.expect(of_job.statuses[200] == 1, "a job has so many lines and no more")
    most = min(NETWORK_WATCHERS, number - 1)
    arena.findings.expect(of_address.statuses[200] == most, f"an address has {most} lines")
    arena.findings.expect(of_job.statuses[429] == 49 and of_address.statuses[429] == 200 - most, "others hear it")
    arena.findings.expect(page < arena.seconds(2), "the first page opens within 2 s")
    arena.findings.expect(code == 0 and stopped <= arena.seconds(STOP_SECONDS), f"the stop is heard: {code}")
