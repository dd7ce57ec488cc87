"""The service on a stage: its real webhook, conversation, queue, tickets, memory and store in a folder of their own.
Photos come and jobs end by hand; there is no network but the machine's own, and no model."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from structlog.testing import capture_logs

from pipeline.run import Wish
from skill.animations import Animations
from skill.dialog import webhook
from skill.dialog.alice.response import Alice
from skill.dialog.codec import Assistant, Pseudonymizer
from skill.dialog.context import ServiceInfo
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.idempotency import open_single_flight
from skill.dialog.memory import Memory, open_memory
from skill.dialog.ports import NoCardPictures
from skill.dialog.replay.recorder import RecordingCodec
from skill.dialog.salute.response import Salute
from skill.dialog.service import DialogService, open_dialog_service
from skill.jobs.model import Job
from skill.jobs.queue import QueueDownError
from skill.jobs.sqlite import SqliteQueue
from skill.media.local import LocalStore
from skill.media.signed_urls import Signer
from skill.privacy import Privacy
from skill.tickets import IssuedTicket, Tickets
from skill.web.metrics import Metrics


class Clock:
    """Seconds since 1970, from the time the scene begins."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def later(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Breakdown:
    """What does not work at the moment: reading the jobs, new wishes, how long one waits, tickets."""

    jobs: bool = False
    wishes: bool = False
    waiting: bool = False
    tickets: bool = False

    def mended(self) -> None:
        self.jobs = self.wishes = self.waiting = self.tickets = False


class StageWorks(Animations):
    """The service's jobs, which may break down. `busy`: seconds until a new one would begin, said by the scene: jobs
    on the stage take no time."""

    broken: Breakdown
    busy: float = 0.0

    async def of(self, user: str) -> Sequence[Job]:
        if self.broken.jobs:
            raise QueueDownError("the scene says that it is down")
        return await super().of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        if self.broken.wishes:
            raise QueueDownError("the scene says that it is down")
        return await super().again(job, wish)

    async def waiting(self) -> tuple[int, float]:
        if self.broken.waiting:
            raise QueueDownError("the scene says that it is down")
        count, seconds = await super().waiting()
        return count, seconds + self.busy


class StageTickets(Tickets):
    """The service's tickets, which may break."""

    broken: Breakdown

    async def issue(self, user: str, *, typed: bool = True) -> IssuedTicket:
        if self.broken.tickets:
            raise OSError("the scene says that there are none")
        return await super().issue(user, typed=typed)


class Pictures(NoCardPictures):
    """Posters of jobs, as if the platform had taken them."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def picture_id(self, job: str) -> str:
        return self.known.get(job, "")


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
    conversation: DialogService
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
    queue = await SqliteQueue.open(folder / "jobs.db", limit=LIMIT, each=OWN, clock=clock)
    store = LocalStore(folder / "media", Signer([_SECRET]))
    works = StageWorks(queue, store, folder, clock)
    works.broken = broken
    tickets = await StageTickets.open(folder / "tickets.db", secret, seconds=TICKET_SECONDS, clock=clock)
    tickets.broken = broken
    namer = Pseudonymizer(_SECRET)
    codecs: dict[str, Assistant] = {"alice": Alice(namer, strict=True), "salute": Salute(namer)}
    if record is not None:
        codecs = {name: RecordingCodec(codec, record) for name, codec in codecs.items()}
    info = ServiceInfo(url="https://ozhivi.example", ticket_seconds=TICKET_SECONDS)
    async with (
        open_memory(folder / "dialog.db", secret, clock=clock) as memory,
        open_single_flight(folder / "replies.db", secret) as single_flight,
        aiohttp.ClientSession() as client,
    ):
        privacy = Privacy()
        privacy.add("tickets", tickets)
        privacy.add("jobs", works)
        privacy.add("memory", memory)
        dialog = await open_dialog_service(
            DialogDependencies(
                animations=works,
                tickets=tickets,
                memory=memory,
                eraser=privacy,
                service_info=info,
                card_pictures=pictures,
                clock=clock,
            )
        )
        endpoints = {name: webhook.Endpoint(codec, (_PATH,)) for name, codec in codecs.items()}
        async with _served(webhook.Webhook(endpoints, dialog, single_flight, Metrics(), _account)) as address:
            yield Stage(
                address, client, folder, clock, queue, store, works, tickets, memory, pictures, broken, dialog, codecs,
                told,
            )  # fmt: skip
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
