"""Stops of a service that is busy with everything at once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import aiohttp

from skill.demo_portrait import astronaut
from skill.web.auth import KEY_HEADER, USER_HEADER
from tests.attack.arena import KEY, Arena
from tests.attack.attack import attack
from tests.service_process import ServiceProcess

STOP_SECONDS = 20.0
"""Seconds from SIGTERM to the end of the service."""
HEARD_SECONDS = 2.0
"""Seconds after which a signal has been heard, on a machine with more to do than it can."""
AT_ONCE = 4
"""Services that run and are stopped at once: so the machine is busy."""
_SETTINGS = {"api_keys": KEY, "workers": "1", "long_side": "1600", "queue_limit": "100"}
_HALF = (
    f"POST /api/v1/animations HTTP/1.1\r\nHost: x\r\n{KEY_HEADER}: {KEY}\r\nContent-Length: 9999999\r\n"
    "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    "--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n"
).encode() + b"\xff\xd8\xff\xe0"


class BusyService:
    """A service that renders, waits for photos that come slowly, and tells of progress.

    Args:
        folder: For its data and its log.
        rng: Chooses the moment of the stop.
        longest: Seconds of work before it, at most.
    """

    def __init__(self, folder: Path, rng: Random, longest: float) -> None:
        folder.mkdir()
        self._service = ServiceProcess(folder / "data", **_SETTINGS)
        self._moment = rng.uniform(0.0, longest)

    async def run(self, photo: bytes) -> tuple[float, int, int]:
        """Keep it busy, and stop it.

        Returns:
            The seconds that the stop took, its exit code, and the number of jobs that were begun after the signal was
            heard.
        """
        tasks = [asyncio.create_task(self._send_slowly()) for _ in range(10)]
        async with aiohttp.ClientSession(self._service.address) as client, AsyncExitStack() as stack:
            stack.callback(self._service.kill)
            for user in range(3):
                headers = {KEY_HEADER: KEY, USER_HEADER: f"user {user}"}
                form = aiohttp.FormData({"seconds": "6"})
                form.add_field("photo", BytesIO(photo), filename="photo.png")
                async with client.post("/api/v1/animations", data=form, headers=headers) as answer:
                    answer.raise_for_status()
                    job = (await answer.json())["id"]
                tasks += [asyncio.create_task(self._watch(client, job)) for _ in range(5)]
            await asyncio.sleep(self._moment)
            signalled, began = time.time(), time.perf_counter()
            code = await asyncio.to_thread(self._stop)
            seconds = time.perf_counter() - began
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        return seconds, code, self._begun_after(signalled)

    def _stop(self) -> int:
        try:
            return self._service.stop()
        except subprocess.TimeoutExpired:
            return -1

    async def _send_slowly(self) -> None:
        """A photo that never comes to its end."""
        host, port = self._service.address.removeprefix("http://").split(":")
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(_HALF)
                while True:
                    await asyncio.sleep(0.5)
                    writer.write(bytes(1024))
                    await writer.drain()
            finally:
                writer.close()

    async def _watch(self, client: aiohttp.ClientSession, job: str) -> None:
        """A page that shows the progress, and comes again."""
        while True:
            with suppress(aiohttp.ClientError):
                async with client.get(f"/api/v1/animations/{job}/events") as answer:
                    await answer.read()
            await asyncio.sleep(1)

    def _begun_after(self, signalled: float) -> int:
        lines = [json.loads(line) for line in self._service.log.read_text("utf-8").splitlines() if line[:1] == "{"]
        times = [datetime.fromisoformat(line["timestamp"]) for line in lines if line["event"] == "job_begun"]
        return sum(moment.timestamp() > signalled + HEARD_SECONDS for moment in times)


@attack("A stop takes 20 s at most, however busy the service is, and begins no job.")
async def stops(arena: Arena) -> None:
    """Services that render and are spoken to, several at once, each stopped at another moment."""
    photo, rng = astronaut((1280, 960)), Random(11)
    ends = list[tuple[float, int, int]]()
    with TemporaryDirectory(prefix="ozhivi-attack-") as folder:
        for turn in range(arena.size(5, 1)):
            number = arena.size(AT_ONCE, 2)
            services = await asyncio.gather(
                *(
                    asyncio.to_thread(BusyService, Path(folder, f"{turn}-{one}"), rng, arena.size(5, 1))
                    for one in range(number)
                )
            )
            ends += await asyncio.gather(*(service.run(photo) for service in services))
    seconds = sorted(seconds for seconds, _, _ in ends)
    codes, begun = {code for _, code, _ in ends}, sum(number for _, _, number in ends)
    arena.findings.count(stops=len(ends), median=f"{seconds[len(seconds) // 2]:.1f} s", worst=f"{seconds[-1]:.1f} s")
    arena.findings.count(jobs_begun_after_the_signal=begun)
    arena.findings.expect(seconds[-1] <= arena.seconds(STOP_SECONDS), "a stop takes 20 s at most")
    arena.findings.expect(codes == {0}, f"it ends as it should: {codes}")
    arena.findings.expect(begun == 0, "no job is begun after the signal")
