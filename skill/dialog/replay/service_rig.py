"""The service for replayed conversations: the real one, built as for `ozhivi serve`, in a folder of its own. Photos
come and jobs end by hand; there is no network but the machine's own, and no model."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import aiohttp
from pydantic import SecretStr
from structlog.testing import capture_logs

from pipeline.run import Wish
from skill.animations import Animations
from skill.app import build_service
from skill.components import Components
from skill.dialog.codec import Assistant
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.memory import Memory
from skill.dialog.ports import NoCardPictures, TicketService
from skill.dialog.service import DialogService, open_dialog_service
from skill.dialog.webhook import WEBHOOK
from skill.http_server import http_server
from skill.jobs.model import Job
from skill.jobs.queue import QueueDownError
from skill.jobs.sqlite import SqliteQueue
from skill.media.local import LocalStore
from skill.media.signed_urls import Signer
from skill.settings import Settings
from skill.tickets import IssuedTicket, Ticket, Tickets
from skill.web.app_keys import TICKETS


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


class StageAnimations(Animations):
    """The service's jobs, which may break down."""

    def __init__(self, queue: SqliteQueue, store: LocalStore, folder: Path, clock: Clock, broken: Breakdown) -> None:
        super().__init__(queue, store, folder, clock)
        self._broken = broken
        self.busy = 0.0
        """Seconds until a new job would begin, said by the scene: jobs on the stage take no time."""

    async def of(self, user: str) -> Sequence[Job]:
        if self._broken.jobs:
            raise QueueDownError("the scene says that it is down")
        return await super().of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        if self._broken.wishes:
            raise QueueDownError("the scene says that it is down")
        return await super().again(job, wish)

    async def waiting(self) -> tuple[int, float]:
        if self._broken.waiting:
            raise QueueDownError("the scene says that it is down")
        count, seconds = await super().waiting()
        return count, seconds + self.busy


class StageTickets(TicketService):
    """The service's tickets, which may break."""

    def __init__(self, tickets: TicketService, broken: Breakdown) -> None:
        self._tickets, self._broken = tickets, broken

    async def issue(self, user: str) -> IssuedTicket:
        if self._broken.tickets:
            raise OSError("the scene says that there are none")
        return await self._tickets.issue(user)

    async def get(self, token: str) -> Ticket:
        return await self._tickets.get(token)

    async def redeem(self, token: str, digest: str) -> Ticket:
        return await self._tickets.redeem(token, digest)

    async def withdraw(self, token: str) -> None:
        await self._tickets.withdraw(token)

    async def set_job(self, token: str, job: str) -> None:
        await self._tickets.set_job(token, job)


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
    """A running service with the handles by which a scene moves it."""

    address: str
    """Scheme, host and port of the service."""
    client: aiohttp.ClientSession
    """Sends the assistants' messages."""
    folder: Path
    """Data folder of the service."""
    clock: Clock
    """The time of everything in the service."""
    queue: SqliteQueue
    """The service's jobs."""
    store: LocalStore
    """The service's media."""
    works: StageAnimations
    """The jobs as the dialog sees them."""
    tickets: Tickets
    """The service's tickets."""
    memory: Memory
    """What the dialog remembers."""
    pictures: Pictures
    """Pictures in cards."""
    broken: Breakdown
    """What does not work at the moment."""
    conversation: DialogService
    """The dialog."""
    codecs: dict[str, Assistant]
    """Codecs of the assistants, by name."""
    told: list[MutableMapping[str, Any]]
    """Lines of the service's log."""

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
    """A service in a temporary folder, on a free port of this machine.

    Args:
        record: a folder for what is said; None for none.
    """
    with tempfile.TemporaryDirectory(prefix="ozhivi-stage-") as made, capture_logs() as told:
        async with _open_service(Path(made), told, record) as stage:
            yield stage


@asynccontextmanager
async def _open_service(
    folder: Path, told: list[MutableMapping[str, Any]], record: Path | None
) -> AsyncIterator[Stage]:
    clock, broken, pictures = Clock(), Breakdown(), Pictures()
    queue = await SqliteQueue.open(folder / "jobs.db", limit=LIMIT, each=OWN, clock=clock)
    store = LocalStore(folder / "media", Signer([_SECRET]))
    animations = StageAnimations(queue, store, folder, clock, broken)
    dependencies: DialogDependencies
    dialog: DialogService

    async def open_queue() -> SqliteQueue:
        return queue

    async def open_dialog(real: DialogDependencies) -> DialogService:
        nonlocal dependencies, dialog
        tickets = StageTickets(real.tickets, broken)
        dependencies = replace(real, animations=animations, tickets=tickets, card_pictures=pictures)
        dialog = await open_dialog_service(dependencies)
        return dialog

    components = Components(
        open_queue=open_queue,
        store=store,
        clock=clock,
        open_dialog=open_dialog,
        find_account=_find_account,
        strict_answers=True,
    )
    app = build_service(_settings(folder, record), components)
    async with http_server(app, _HOST, 0) as port, aiohttp.ClientSession() as client:
        codecs = {name: endpoint.assistant for name, endpoint in app[WEBHOOK].endpoints.items()}
        yield Stage(
            f"http://{_HOST}:{port}", client, folder, clock, queue, store, animations, app[TICKETS],
            dependencies.memory, pictures, broken, dialog, codecs, told,
        )  # fmt: skip


def _settings(folder: Path, record: Path | None) -> Settings:
    """Settings that come from here alone: what the environment says is meant for another service."""
    return Settings.model_construct(
        data_dir=folder,
        public_url="https://ozhivi.example",
        secrets=(SecretStr(_SECRET),),
        alice_secrets=(SecretStr(_PATH),),
        salute_secrets=(SecretStr(_PATH),),
        ticket_minutes=TICKET_SECONDS / 60,
        workers=False,
        record=record,
    )


async def _find_account(token: str) -> str | None:
    """Account linking's part: any token is somebody's."""
    return f"account of {token}"
