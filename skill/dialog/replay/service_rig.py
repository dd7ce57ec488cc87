"""Service rig: the real service in a folder of its own, with a clock set by hand and parts that may break. Photos come
and jobs end by events; there is no network but the machine's own, and no model."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs

from pipeline.run import Wish
from skill.animations import Animations
from skill.app import build_service
from skill.components import Components, build_components
from skill.database.database import Database
from skill.database.errors import DatabaseDownError
from skill.dialog.codec import Assistant
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.memory import Memory
from skill.dialog.nlu.sentence_encoder import load
from skill.dialog.ports import AnimationService, JobEstimate, NoCardPictures, TicketService
from skill.dialog.replay.compare import DecidedTurn
from skill.dialog.service import DialogService, open_dialog_service
from skill.dialog.turn_limits import PATIENT
from skill.dialog.webhook import WEBHOOK
from skill.http_server import http_server
from skill.jobs.model import Job
from skill.jobs.queue import JobQueue
from skill.media.store import MediaStore
from skill.secrets import signing_secrets
from skill.settings import Settings
from skill.ticket_model import IssuedTicket, Ticket
from skill.tickets import Tickets
from skill.web import app_keys

QUEUE_LIMIT: Final = 8  # jobs that may wait; enough for a wait of more than a minute
TICKET_SECONDS: Final = 900.0
PARTS: Final = ("jobs", "wishes", "waiting", "tickets")
"""Parts that may break: reading jobs, new wishes on a photo, the length of the queue, new tickets."""
_USER_LIMIT: Final = 3  # jobs of one user that may wait
_SECRET: Final = "secret-of-a-rig-where-nothing-is-real"
_PATH_SECRET: Final = "s" * 32
_HOST: Final = "127.0.0.1"


class ShiftedClock:
    """The time of day, shifted into the future by hand: seconds since 1970."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._ahead += seconds


@dataclass
class Faults:
    """Troubles of the service at the moment."""

    broken: set[str] = field(default_factory=set)
    """Those of PARTS that do not work."""
    busy_seconds: float = 0.0
    """Seconds that a new job would wait, besides those of the queue: jobs of the rig take no time."""

    def mend(self) -> None:
        """Let everything work again."""
        self.broken.clear()
        self.busy_seconds = 0.0

    def check(self, part: str) -> None:
        """Raise DatabaseDownError where the part is broken."""
        if part in self.broken:
            raise DatabaseDownError(f"the script says that {part} are down")


@dataclass(frozen=True)
class FaultyAnimations(AnimationService):
    """The service's jobs, which may break."""

    animations: Animations
    """The jobs without faults."""
    faults: Faults
    """Troubles at the moment."""

    async def of(self, user: str) -> Sequence[Job]:
        self.faults.check("jobs")
        return await self.animations.of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        self.faults.check("wishes")
        return await self.animations.again(job, wish)

    async def estimate(self, job: str) -> JobEstimate:
        return await self.animations.estimate(job)

    async def delete(self, job: str) -> bool:
        return await self.animations.delete(job)

    async def waiting(self) -> tuple[int, float]:
        self.faults.check("waiting")
        count, seconds = await self.animations.waiting()
        return count, seconds + self.faults.busy_seconds


@dataclass(frozen=True)
class FaultyTickets(TicketService):
    """The service's tickets, which may break."""

    tickets: Tickets
    """The tickets without faults."""
    faults: Faults
    """Troubles at the moment."""

    async def issue(self, user: str, *, cards: bool = False) -> IssuedTicket:
        if "tickets" in self.faults.broken:
            raise OSError("the script says that there are none")
        return await self.tickets.issue(user, cards=cards)

    async def get(self, token: str) -> Ticket:
        return await self.tickets.get(token)

    async def redeem(self, token: str, digest: str) -> Ticket:
        return await self.tickets.redeem(token, digest)

    async def withdraw(self, token: str) -> None:
        await self.tickets.withdraw(token)

    async def jobs(self, token: str) -> tuple[str, ...]:
        return await self.tickets.jobs(token)

    async def set_job(self, token: str, job: str) -> None:
        await self.tickets.set_job(token, job)


class FakeCardPictures(NoCardPictures):
    """Card pictures, as if the platform had taken them."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        """The platform's ids, by the job's id."""

    async def picture_id(self, job: str) -> str:
        return self.ids.get(job, "")


@dataclass
class ServiceRig:
    """A running service, and the parts behind it that events reach into."""

    address: str
    """Address of the service, without a slash at the end."""
    client: aiohttp.ClientSession
    """Client that sends messages."""
    folder: Path
    """Folder for files that last a moment."""
    clock: ShiftedClock
    """Clock of the service."""
    database: Database
    """The service's database."""
    queue: JobQueue
    """The service's queue, without faults."""
    store: MediaStore
    """The service's store of photos and clips."""
    animations: Animations
    """The service's jobs, without faults."""
    tickets: Tickets
    """The service's tickets, without faults."""
    memory: Memory
    """The dialog's memory."""
    dialog: DialogService
    """The dialog behind the webhook."""
    codecs: dict[str, Assistant]
    """Codecs by the name of their assistant."""
    pictures: FakeCardPictures
    """Card pictures that the platform has."""
    faults: Faults
    """Troubles of the service."""
    log: list[MutableMapping[str, Any]]
    """Lines that the service logged; whoever has read them may clear them."""

    async def post(self, assistant: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the service's answer to a message."""
        headers = {"Content-Type": "application/json"}
        url = f"{self.address}/{assistant}/{_PATH_SECRET}"
        async with self.client.post(url, data=body, headers=headers) as response:
            return response.status, await response.read()

    def decided(self) -> DecidedTurn:
        """Intent and scene of the last turn in the log."""
        turns = [line for line in self.log if line["event"] == "turn" and "scene" in line]
        return DecidedTurn(turns[-1]["intent"], turns[-1]["scene"]) if turns else DecidedTurn("", "")

    def troubles(self) -> tuple[str, ...]:
        """Events of errors in the log."""
        return tuple(str(line["event"]) for line in self.log if line.get("exc_info") or line["log_level"] == "error")


@asynccontextmanager
async def open_service_rig(record: Path | None = None) -> AsyncIterator[ServiceRig]:
    """A service in a temporary folder, on a free port of this machine.

    Args:
        record: folder into which conversations are recorded; None: they are not.
    """
    await asyncio.to_thread(load)  # before the first turn, whose time is limited
    with tempfile.TemporaryDirectory(prefix="ozhivi-rig-") as folder, capture_logs() as log:
        async with _open(_settings(Path(folder), record), log) as rig:
            yield rig


def _settings(folder: Path, record: Path | None) -> Settings:
    """Settings that come from here alone: what the environment says is meant for another service."""
    return Settings.model_construct(
        data_dir=folder,
        public_url="https://ozhivi.example",
        secrets=(SecretStr(_SECRET),),
        alice_secrets=(SecretStr(_PATH_SECRET),),
        salute_secrets=(SecretStr(_PATH_SECRET),),
        ticket_minutes=TICKET_SECONDS / 60,
        workers=False,
        record=record,
    )


@asynccontextmanager
async def _open(settings: Settings, log: list[MutableMapping[str, Any]]) -> AsyncIterator[ServiceRig]:
    clock, faults, pictures = ShiftedClock(), Faults(), FakeCardPictures()
    opened, queues = list[DialogDependencies](), list[JobQueue]()

    def make_queue(database: Database) -> JobQueue:
        queues.append(JobQueue(database, limit=QUEUE_LIMIT, each=_USER_LIMIT, keep=settings.keep))
        return queues[-1]

    async def open_dialog(dependencies: DialogDependencies) -> DialogService:
        opened.append(dependencies)
        return await open_dialog_service(_with_faults(app, dependencies, faults, pictures))

    components = replace(_components(settings), make_queue=make_queue, clock=clock, open_dialog=open_dialog)
    app = build_service(settings, components)
    async with http_server(app, _HOST, 0) as port, aiohttp.ClientSession() as client:
        webhook, (dependencies,) = app[WEBHOOK], opened
        assert isinstance(webhook.dialog, DialogService)  # it was opened above
        yield ServiceRig(
            address=f"http://{_HOST}:{port}",
            client=client,
            folder=settings.data_dir / "incoming",
            clock=clock,
            database=app[app_keys.DATABASE],
            queue=queues[0],
            store=components.store,
            animations=app[app_keys.ANIMATIONS],
            tickets=app[app_keys.TICKETS],
            memory=dependencies.memory,
            dialog=webhook.dialog,
            codecs={name: endpoint.assistant for name, endpoint in webhook.endpoints.items()},
            pictures=pictures,
            faults=faults,
            log=log,
        )


def _components(settings: Settings) -> Components:
    """Components that wait for a busy machine, take any token and let no state be cut."""
    components = build_components(settings, signing_secrets(settings))
    return replace(components, find_account=_find_account, turn_limits=PATIENT, strict_answers=True)


def _with_faults(
    app: web.Application, dependencies: DialogDependencies, faults: Faults, pictures: FakeCardPictures
) -> DialogDependencies:
    animations = FaultyAnimations(app[app_keys.ANIMATIONS], faults)
    tickets = FaultyTickets(app[app_keys.TICKETS], faults)
    return replace(dependencies, animations=animations, tickets=tickets, card_pictures=pictures)


async def _find_account(token: str) -> str | None:
    """The account of an access token: any token is somebody's."""
    return f"account of {token}"
