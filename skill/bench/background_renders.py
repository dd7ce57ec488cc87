"""Renders that go on while something else is measured."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import aiohttp

from skill.demo_portrait import astronaut

_USERS: Final = 3  # one job each: one is rendered, the others wait, so that there is always one
_LOOK: Final = 0.5


class Renders:
    """Keeps the queue of a service busy. `key`: one of its API keys. `process`: its id, whose children render.

    `nice`: how far back the rendering processes stood, as far as they were seen.
    """

    def __init__(self, address: str, key: str, process: int) -> None:
        self._address, self._key, self._process = address, key, process
        self._made = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.nice: tuple[int, ...] = ()

    async def begin(self) -> None:
        """Returns when the first one is being rendered."""
        photo = await asyncio.to_thread(astronaut, (1280, 960))
        running = asyncio.Event()
        self._tasks = [asyncio.create_task(self._keep_on(number, photo, running)) for number in range(_USERS)]
        first = asyncio.create_task(running.wait())
        await asyncio.wait([first, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in self._tasks:
            if task.done():
                task.result()  # it never ends but by an error
        self.nice = tuple(os.getpriority(os.PRIO_PROCESS, child) for child in _busiest(self._process))

    async def end(self) -> int:
        """How many clips were made."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        return self._made

    async def _keep_on(self, number: int, photo: bytes, running: asyncio.Event) -> None:
        headers = {"X-Api-Key": self._key, "X-Ozhivi-User": f"bench-{number}"}
        async with aiohttp.ClientSession(self._address, headers=headers) as client:
            seed = 0
            while True:
                form = aiohttp.FormData({"seed": str(seed)})
                form.add_field("photo", photo, filename="photo.png")
                async with client.post("/api/v1/animations", data=form) as answer:
                    answer.raise_for_status()
                    path = answer.headers["Location"]
                while (state := await self._state(client, path)) in ("waiting", "running"):
                    if state == "running":
                        running.set()
                    await asyncio.sleep(_LOOK)
                if state != "done":
                    raise RuntimeError(f"a render ended as {state}: run `ozhivi doctor`")
                self._made += 1
                seed += 1

    async def _state(self, client: aiohttp.ClientSession, path: str) -> str:
        async with client.get(path) as answer:
            answer.raise_for_status()
            return str((await answer.json())["state"])


def cpu_seconds(process: int) -> float:
    """Of a process without its children."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _busiest(parent: int) -> list[int]:
    """The descendants of a process that have a lower priority than their parent: those that render."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, open_ = [], [parent]
    while open_:
        below = children.get(open_.pop(), [])
        open_ += below
        found += below
    with suppress(ProcessLookupError):
        own = os.getpriority(os.PRIO_PROCESS, parent)
        return [child for child in found if os.getpriority(os.PRIO_PROCESS, child) > own]
    return []
