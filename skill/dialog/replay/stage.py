"""The service on a stage: its real webhook, conversation, queue, tickets, memory and store in a folder of their own.
Photos come and jobs end by hand; there is no network but the machine's own, and no model."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from structlog.testing import capture_logs

from skill.dialog import webhook
from skill.dialog.alice_out import Alice
from skill.dialog.appeals import PersonsWord
from skill.dialog.facts import Parts
from skill.dialog.intents import warm
from skill.dialog.known import House
from skill.dialog.memory import Memory
from skill.dialog.once import Once
from skill.dialog.opening import open_memory
from skill.dialog.protocol import Assistant, Namer
from skill.dialog.recorder import Recording
from skill.dialog.replay.props import Breakdown, Clock, Pictures, StageTickets, StageWorks
from skill.dialog.replies import Replies
from skill.dialog.salute import Salute
from skill.dialog.service import Conversation
from skill.jobs.sqlite import SqliteQueue
from skill.media.local import LocalStore
from skill.media.signing import Signer
from skill.privacy import Privacy
from skill.web.metrics import Metrics
from skill.web.tickets import Tickets

LIMIT: Final = 8  # jobs that may wait; enough for a wait of more than a minute
OWN: Final = 3  # of one user
TICKET_SECONDS: Final = 900.0
_SECRET: Final = "the secret of a stage, where nothing is real"
_PATH: Final = "s" * 32
_HOST: Final = "127.0.0.1"


@dataclass
class Stage:
    """`told`: what the service wrote into its log."""

    address: str
    client: aiohttp.ClientSession
    folder: Path
    clock: Clock
    queue: SqliteQueue
    store: LocalStore
    works: StageWorks
    tickets: Tickets
    memory: Memory
    pictures: Pictures
    broken: Breakdown
    conversation: Conversation
    codecs: dict[str, Assistant]
    told: list[MutableMapping[str, Any]]
    running: dict[str, str] = field(default_factory=dict)

    local = True

    async def post(self, assistant: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the service's answer."""
        headers = {"Content-Type": "application/json"}
        url = f"{self.address}/{assistant}/{_PATH}"
        async with self.client.post(url, data=body, headers=headers) as response:
            return response.status, await response.read()

    def decided(self) -> tuple[str, str]:
        """Intent and scene of the last turn, empty where it needed no conversation; forgotten afterwards."""
        turns = [line for line in self.told if line["event"] == "turn" and "scene" in line]
        return (turns[-1]["intent"], turns[-1]["scene"]) if turns else ("", "")

    def troubles(self) -> tuple[str, ...]:
        """Exceptions that the service logged."""
        return tuple(str(line["event"]) for line in self.told if line.get("exc_info") or line["log_level"] == "error")


@asynccontextmanager
async def open_stage(record: Path | None = None) -> AsyncIterator[Stage]:
    """Everything in a temporary folder, on a free port of this machine. `record`: a folder for what is said."""
    with tempfile.TemporaryDirectory(prefix="ozhivi-stage-") as made, capture_logs() as told:
        async with _parts(Path(made), told, record) as stage:
            yield stage


@asynccontextmanager
async def _parts(folder: Path, told: list[MutableMapping[str, Any]], record: Path | None) -> AsyncIterator[Stage]:
    clock, broken, pictures, secret = Clock(), Breakdown(), Pictures(), _SECRET.encode()
    warm()
    queue = await SqliteQueue.open(folder / "jobs.db", limit=LIMIT, each=OWN, clock=clock)
    store = LocalStore(folder / "media", Signer([_SECRET]))
    works = StageWorks(queue, store, folder, clock)
    works.broken = broken
    tickets = StageTickets(folder / "tickets.db", secret, seconds=TICKET_SECONDS, clock=clock)
    tickets.broken = broken
    replies = await Replies.open(folder / "replies.db", secret)
    once, namer = Once(replies), Namer(_SECRET)
    codecs: dict[str, Assistant] = {"alice": Alice(namer, strict=True), "salute": Salute(namer)}
    if record is not None:
        codecs = {name: Recording(codec, record) for name, codec in codecs.items()}
    house = House(url="https://ozhivi.example")
    async with open_memory(folder / "dialog.db", secret, clock=clock) as memory, aiohttp.ClientSession() as client:
        parts = Parts(works, tickets, memory, house, pictures, PersonsWord(), clock)
        privacy = Privacy()
        privacy.add("tickets", tickets)
        privacy.add("jobs", works)
        privacy.add("memory", memory)
        dialog = Conversation(parts, privacy, ticket_seconds=TICKET_SECONDS)
        doors = [webhook.Door(codec, (_PATH,)) for codec in codecs.values()]
        async with _served(webhook.Webhook(doors, dialog, once, Metrics(), _account)) as address:
            yield Stage(
                address, client, folder, clock, queue, store, works, tickets, memory, pictures, broken, dialog, codecs,
                told,
            )  # fmt: skip
            await once.close()
    await replies.close()
    await tickets.close()
    await queue.close()


async def _account(token: str) -> str | None:
    """Account linking's part: any token is somebody's."""
    return f"account of {token}"


@asynccontextmanager
async def _served(hook: webhook.Webhook) -> AsyncIterator[str]:
    app = web.Application()
    app[webhook.WEBHOOK] = hook
    app.add_routes(webhook.routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, 0).start()
        yield f"http://{_HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
