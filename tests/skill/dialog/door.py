"""The real service on port 0 with a small conversation behind its webhook."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from skill.app import Parts, create_app
from skill.dialog import webhook
from skill.dialog.types import Button, Dialog, Reply, Turn
from skill.settings import load
from tests.skill.web.fakes import FakeQueue, FakeStore

SECRET, OLD = "n" * 32, "o" * 32
PATH = f"/alice/{SECRET}"
Answer = Callable[[Turn], Awaitable[Reply]]


@dataclass
class Parrot:
    """A conversation that repeats what was said and counts; `answer_with` replaces it."""

    turns: list[Turn] = field(default_factory=list)
    answer_with: Answer | None = None

    async def answer(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        if self.answer_with is not None:
            return await self.answer_with(turn)
        buttons = (Button("Ещё раз", payload={"wish": "again"}), Button("Фото", url="https://example.ru/u/1"))
        return Reply(f"{len(self.turns)}. {turn.text or 'Здравствуйте!'}", buttons=buttons, state=turn.state)

    def executed(self) -> Counter[tuple[str, str, int]]:
        return Counter((turn.device, turn.session, turn.number) for turn in self.turns)


@dataclass
class Opened:
    client: TestClient[Any, Any]
    data: Path

    async def post(self, body: object, path: str = PATH, **headers: str) -> tuple[int, bytes]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.client.post(path, data=raw, headers=headers) as response:
            return response.status, await response.read()

    async def said(self, body: object, path: str = PATH) -> str:
        status, answer = await self.post(body, path)
        assert status == 200
        text: str = json.loads(answer)["response"]["text"]
        return text

    async def metrics(self) -> str:
        return await (await self.client.get("/metrics")).text()


@asynccontextmanager
async def opened(data: Path, dialog: Dialog, *, deadline: float = 2.5, **settings: Any) -> AsyncIterator[Opened]:
    queue = FakeQueue(10)

    async def open_queue() -> FakeQueue:
        return queue

    @asynccontextmanager
    async def open_dialog(_: web.Application) -> AsyncIterator[Dialog]:
        yield dialog

    given = {"data_dir": data, "workers": 0, "alice_secrets": f"{SECRET},{OLD}", "salute_secrets": SECRET, **settings}
    app = create_app(load(given), Parts(open_queue, FakeStore(), (), lambda: True, open_dialog=open_dialog))
    async with TestClient(TestServer(app)) as client:
        app[webhook.WEBHOOK]._deadline = deadline
        yield Opened(client, data)


class Gate:
    """Work that ends when it is let through."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.begun, self.open = reply, asyncio.Event(), asyncio.Event()

    async def __call__(self, _: Turn) -> Reply:
        self.begun.set()
        await self.open.wait()
        return self.reply
