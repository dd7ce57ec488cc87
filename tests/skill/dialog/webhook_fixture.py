"""The real service on port 0 with a small conversation behind its webhook."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from skill.app import build_service
from skill.components import Components
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.types import Button, Dialog, Reply, Turn
from skill.dialog.webhook import WEBHOOK, Webhook
from skill.settings import load
from tests.skill.web.fakes import FakeQueue, FakeStore

SECRET, OLD_SECRET = "n" * 32, "o" * 32
PATH = f"/alice/{SECRET}"
Answer = Callable[[Turn], Awaitable[Reply]]


@dataclass
class EchoDialog:
    """A conversation that repeats what was said and counts."""

    turns: list[Turn] = field(default_factory=list)
    """Turns that came in."""
    answer_with: Answer | None = None
    """Answers in place of the echo."""

    async def answer(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        if self.answer_with is not None:
            return await self.answer_with(turn)
        buttons = (Button("Ещё раз", payload={"wish": "again"}), Button("Фото", url="https://example.ru/u/1"))
        return Reply(f"{len(self.turns)}. {turn.text or 'Здравствуйте!'}", buttons=buttons, state=turn.state)

    def executed(self) -> Counter[tuple[str, str, int]]:
        """How often each message was worked at."""
        return Counter((turn.device, turn.session, turn.number) for turn in self.turns)


@dataclass
class WebhookClient:
    """A client of the service."""

    client: TestClient[Any, Any]
    data: Path
    """The service's data folder."""

    @property
    def webhook(self) -> Webhook:
        webhook: Webhook = self.client.app[WEBHOOK]
        return webhook

    async def post(self, body: object, path: str = PATH, **headers: str) -> tuple[int, bytes]:
        """Status and body of the answer; `body`: bytes, or anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.client.post(path, data=raw, headers=headers) as response:
            return response.status, await response.read()

    async def text_of(self, body: object, path: str = PATH) -> str:
        """The text of Alice's answer."""
        status, answer = await self.post(body, path)
        assert status == 200
        text: str = json.loads(answer)["response"]["text"]
        return text

    async def metrics(self) -> str:
        return await (await self.client.get("/metrics")).text()


@asynccontextmanager
async def open_webhook_client(
    data: Path,
    dialog: Dialog,
    *,
    deadline: float = 2.5,
    find_account: Callable[[str], Awaitable[str | None]] | None = None,
    **settings: Any,
) -> AsyncIterator[WebhookClient]:
    """`deadline`, `find_account`: of the webhook. `settings`: of the service, beside those that tests need."""
    queue = FakeQueue(10)

    async def open_dialog(_: DialogDependencies) -> Dialog:
        return dialog

    async def configure_webhook(app: web.Application) -> None:
        app[WEBHOOK] = replace(app[WEBHOOK], deadline=deadline)

    given = {
        "data_dir": data, "workers": 0, "alice_secrets": f"{SECRET},{OLD_SECRET}", "salute_secrets": SECRET, **settings
    }  # fmt: skip
    components = Components(
        make_queue=lambda _: queue,
        store=FakeStore(),
        weights_ready=lambda: True,
        open_dialog=open_dialog,
        find_account=find_account,
    )
    app = build_service(load(given), components)
    app.on_startup.append(configure_webhook)
    async with TestClient(TestServer(app)) as client:
        yield WebhookClient(client, data)


class BlockedAnswer:
    """An answer that is held back until `open` is set."""

    def __init__(self, reply: Reply) -> None:
        self.reply, self.begun, self.open = reply, asyncio.Event(), asyncio.Event()

    async def __call__(self, _: Turn) -> Reply:
        self.begun.set()
        await self.open.wait()
        return self.reply
