"""Renders in the background, so that something else is measured while the service works."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp

from skill.bench.errors import BenchError
from skill.bench.processes import low_priority_descendants
from skill.demo_portrait import MEASURED_SIZE, astronaut

_USERS: Final = 3  # one job each: one is rendered, the others wait, so that there is always one
_POLL: Final = 0.5  # seconds between two questions for a job's state


def _weigh_by_niceness(pid: int, niceness: int) -> None:
    """Have a process weighed by its niceness, as it is under systemd and in a container: in a terminal Linux weighs its
    session, whatever the niceness inside it."""
    with suppress(OSError):  # not on every system
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")


class BackgroundRenders:
    """Keeps the queue of a service busy.

    Args:
        address: The address of the service.
        key: One of its API keys.
        pid: The service's process, whose children render.
    """

    nice: tuple[int, ...]
    """The niceness of the rendering processes, as it was when the first job was rendered; empty before `start`."""

    def __init__(self, address: str, key: str, pid: int) -> None:
        self._address, self._key, self._pid = address, key, pid
        self._clips = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.nice = ()

    async def start(self) -> None:
        """Begin to send photos, and return when the first one is being rendered.

        Raises:
            BenchError: A render failed.
        """
        photo = await asyncio.to_thread(astronaut, MEASURED_SIZE)
        running = asyncio.Event()
        self._tasks = [asyncio.create_task(self._send_photos(number, photo, running)) for number in range(_USERS)]
        first = asyncio.create_task(running.wait())
        await asyncio.wait([first, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        if not running.is_set():
            first.cancel()
            await self.stop()  # a task never ends but by an error
        children = tuple(low_priority_descendants(self._pid))
        self.nice = tuple(os.getpriority(os.PRIO_PROCESS, child) for child in children)
        for child, niceness in zip(children, self.nice, strict=True):
            _weigh_by_niceness(child, niceness)

    async def stop(self) -> int:
        """Stop sending photos, and return the number of clips that were made.

        Raises:
            BenchError: A render failed.
        """
        for task in self._tasks:
            task.cancel()
        ends = await asyncio.gather(*self._tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):  # CancelledError is none
                raise end
        return self._clips

    async def _send_photos(self, number: int, photo: bytes, running: asyncio.Event) -> None:
        headers = {"X-Api-Key": self._key, "X-Ozhivi-User": f"bench-{number}"}
        async with aiohttp.ClientSession(self._address, headers=headers) as client:
            seed = 0
            while True:
                form = aiohttp.FormData({"seed": str(seed)})
                form.add_field("photo", BytesIO(photo), filename="photo.png")
                async with client.post("/api/v1/animations", data=form) as answer:
                    answer.raise_for_status()
                    path = answer.headers["Location"]
                while (state := await self._state(client, path)) in ("waiting", "running"):
                    if state == "running":
                        running.set()
                    await asyncio.sleep(_POLL)
                if state != "done":
                    raise BenchError(f"a render ended as {state}: run `ozhivi doctor`")
                self._clips += 1
                seed += 1

    async def _state(self, client: aiohttp.ClientSession, path: str) -> str:
        async with client.get(path) as answer:
            answer.raise_for_status()
            return str((await answer.json())["state"])
