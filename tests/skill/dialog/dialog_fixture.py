"""A dialog service over a real queue, real tickets and a real memory; photos are sent and jobs ended by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.run import Wish
from skill.animations import Animations, GoneError
from skill.database.errors import DatabaseDownError
from skill.dialog.context import ServiceInfo
from skill.dialog.dependencies import DialogDependencies
from skill.dialog.memory import Memory
from skill.dialog.service import DialogService, open_dialog_service
from skill.dialog.turn_limits import PATIENT, TurnLimits
from skill.dialog.types import Reply, Surface, Turn
from skill.eraser import UserEraser
from skill.jobs.estimate import Estimate
from skill.jobs.model import Done, Job, JobEnd
from skill.jobs.queue import JobQueue
from skill.tickets import Tickets
from tests.fake_clock import FakeClock
from tests.skill.database.databases import sqlite_database
from tests.skill.jobs.folder_store import FolderStore

URL = "https://ozhivi.ru"
SECRET = b"a secret of this service"
CLIP = Done((("mp4", "clip"),))


class FaultyAnimations(Animations):
    """Animations that take new wishes on any photo that came, without its poster, and that may be out of order."""

    def __init__(self, queue: JobQueue, store: FolderStore) -> None:
        super().__init__(queue, store, Path())
        self.queue = queue
        self.gone: set[str] = set()
        """Ids of jobs whose photo is not kept."""
        self.thaw = asyncio.Event()
        """Cleared: nothing answers."""
        self.thaw.set()
        self.down = False
        """Whether nothing new is taken."""

    async def of(self, user: str) -> Sequence[Job]:
        await self.thaw.wait()
        return await super().of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        if self.down:
            raise DatabaseDownError("the disk is full")
        before = await self.get(job)
        if before is None or job in self.gone:
            raise GoneError
        return await self.queue.put(before.user, f"photo of {job}", wish, digest="the same photo")

    async def estimate(self, job: str) -> Estimate:
        return Estimate(0.0, 12.0)


@dataclass
class DialogFixture:
    """One person's conversation with a dialog service, and the parts behind it."""

    service: DialogService
    dependencies: DialogDependencies
    animations: FaultyAnimations
    tickets: Tickets
    memory: Memory
    clock: FakeClock
    folder: Path
    number: int = 0
    """Of the next turn in its session."""
    base: Turn = field(default_factory=lambda: Turn("alice", "anna", "speaker", "morning", 0, True))
    """Turn whose fields all turns of the session have."""
    state: dict[str, Any] = field(default_factory=dict)
    """State that the platform sends back with the next turn."""

    async def say(self, text: str = "", **fields: Any) -> Reply:
        """One turn of the session."""
        turn = replace(self.base, text=text, number=self.number, new=self.number == 0, state=self.state, **fields)
        self.number += 1
        reply = await self.service.answer(turn)
        self.state = dict(reply.state)
        return reply

    def start_session(self, session: str, *, screen: bool = False, **fields: Any) -> None:
        """Somebody opens a new session."""
        self.base = replace(self.base, session=session, surface=Surface(screen=screen), **fields)
        self.number, self.state = 0, {}

    async def agree_to_rules(self) -> Reply:
        """The reply that has a link or a code."""
        await self.say("оживи фото")
        return await self.say("да")

    async def upload(self, reply: Reply, digest: str = "photo") -> Job:
        """The job of a photo that comes by the link or the code in `reply`, as the phone's page does it."""
        links = [button.url for button in reply.buttons if button.url]
        if links:
            token = links[0].rpartition("/")[2]
        else:
            code = "".join(reply.text.split("код: ")[1][:7].split())
            token = await self.tickets.token_for_code(code, "192.0.2.1")
        ticket = await self.tickets.redeem(token, digest)
        job = await self.animations.queue.put(ticket.user, f"source of {digest}", Wish(), digest=digest)
        await self.tickets.set_job(token, job.id)
        return job

    def freeze(self) -> None:
        """Let the jobs answer nobody, and the turns have the service's own limits."""
        self.animations.thaw.clear()
        self._set_limits(TurnLimits())

    def thaw(self) -> None:
        """End of `freeze`."""
        self.animations.thaw.set()
        self._set_limits(PATIENT)

    def _set_limits(self, limits: TurnLimits) -> None:
        self.dependencies = replace(self.dependencies, limits=limits)
        self.service._dependencies = self.dependencies

    async def break_tickets(self) -> None:
        """Let the tickets raise errors from now on."""
        broken = sqlite_database(self.folder / "gone")
        await broken.close()
        self.tickets._database = broken

    async def finish_job(self, end: JobEnd = CLIP) -> str:
        """The id of the next job, from its lease to its end."""
        job = await self.animations.queue.lease("worker", 60.0)
        assert job is not None
        await self.animations.queue.finish(job.id, "worker", end)
        return job.id


@asynccontextmanager
async def open_dialog_fixture(folder: Path, limit: int = 10) -> AsyncIterator[DialogFixture]:
    """`limit`: of jobs that may wait."""
    clock, eraser = FakeClock(), UserEraser()
    database = await sqlite_database(folder, clock).open()
    queue = JobQueue(database, limit=limit)
    animations = FaultyAnimations(queue, FolderStore(folder / "media"))
    tickets = Tickets(database, SECRET)
    memory = Memory(database, SECRET, PATIENT)
    for name, keeper in (("jobs", animations), ("tickets", tickets), ("dialog", memory)):
        eraser.add(name, keeper)
    dependencies = DialogDependencies(
        animations=animations,
        tickets=tickets,
        memory=memory,
        eraser=eraser,
        service_info=ServiceInfo(url=URL),
        clock=clock,
        limits=PATIENT,
    )
    service = await open_dialog_service(dependencies)
    fixture = DialogFixture(service, dependencies, animations, tickets, memory, clock, folder)
    yield fixture
    await database.close()
