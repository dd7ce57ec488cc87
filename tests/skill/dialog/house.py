"""The dialog over a real queue, real tickets and a real memory; a photo is sent and worked on by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.run import Wish
from skill.animations import Animations, GoneError
from skill.dialog.context import ServiceInfo
from skill.dialog.memory import Memory
from skill.dialog.opening import open_conversation, open_memory
from skill.dialog.ports import Appeals
from skill.dialog.service import Conversation
from skill.dialog.types import Reply, Surface, Turn
from skill.jobs.estimate import Estimate
from skill.jobs.model import Done, Job, JobEnd
from skill.jobs.queue import QueueDownError
from skill.jobs.sqlite import SqliteQueue
from skill.tickets import Tickets
from tests.skill.jobs.folder_store import FolderStore

URL = "https://ozhivi.ru"
SECRET = b"a secret of this service"
CLIP = Done((("mp4", "clip"),))


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Works(Animations):
    """New wishes on any photo that came, without its poster. `gone`: photos that are not kept. Nothing
    answers until `thaw` is set. `down`: nothing new is taken."""

    def __init__(self, queue: SqliteQueue, store: FolderStore) -> None:
        super().__init__(queue, store, Path())
        self.queue = queue
        self.gone: set[str] = set()
        self.thaw = asyncio.Event()
        self.thaw.set()
        self.down = False

    async def of(self, user: str) -> Sequence[Job]:
        await self.thaw.wait()
        return await super().of(user)

    async def again(self, job: str, wish: Wish) -> Job:
        if self.down:
            raise QueueDownError("the disk is full")
        before = await self.get(job)
        if before is None or job in self.gone:
            raise GoneError
        return await self.queue.put(before.user, f"photo of {job}", wish, digest="the same photo")

    async def estimate(self, job: str) -> Estimate:
        return Estimate(0.0, 12.0)


class Forgetful:
    """Everybody who keeps something."""

    def __init__(self, *keepers: Any) -> None:
        self.keepers = keepers

    async def forget(self, user: str) -> None:
        for keeper in self.keepers:
            await keeper.forget(user)


class Room:
    """Every child may be appealed."""

    def allowed(self, job: Job) -> bool:
        return job.reason == "child"

    def of_age(self, wish: Wish) -> Wish:
        return replace(wish, motion="idle")


@dataclass
class Home:
    dialog: Conversation
    works: Works
    tickets: Tickets
    memory: Memory
    clock: Clock
    folder: Path
    said: int = 0
    base: Turn = field(default_factory=lambda: Turn("alice", "anna", "speaker", "morning", 0, True))
    state: dict[str, Any] = field(default_factory=dict)

    async def say(self, text: str = "", **given: Any) -> Reply:
        """One turn of the session that `comes` began."""
        turn = replace(self.base, text=text, number=self.said, new=self.said == 0, state=self.state, **given)
        self.said += 1
        reply = await self.dialog.answer(turn)
        self.state = dict(reply.state)
        return reply

    def comes(self, session: str, *, screen: bool = False, **given: Any) -> None:
        """Somebody opens a new session."""
        self.base = replace(self.base, session=session, surface=Surface(screen=screen), **given)
        self.said, self.state = 0, {}

    async def agrees(self) -> Reply:
        await self.say("оживи фото")
        return await self.say("да")

    async def sends(self, reply: Reply, digest: str = "photo") -> Job:
        """What the phone's page does with a code or a link."""
        links = [button.url for button in reply.buttons if button.url]
        if links:
            token = links[0].rpartition("/")[2]
        else:
            code = "".join(reply.text.split("код: ")[1][:7].split())
            token = await self.tickets.token_for_code(code, "192.0.2.1")
        ticket = await self.tickets.redeem(token, digest)
        job = await self.works.queue.put(ticket.user, f"source of {digest}", Wish(), digest=digest)
        await self.tickets.set_job(token, job.id)
        return job

    async def renders(self, end: JobEnd = CLIP) -> str:
        """The next job, from its lease to its end."""
        job = await self.works.queue.lease("worker", 60.0)
        assert job is not None
        await self.works.queue.finish(job.id, "worker", end)
        return job.id


@asynccontextmanager
async def home(folder: Path, appeals: Appeals | None = None, limit: int = 10) -> AsyncIterator[Home]:
    clock = Clock()
    queue = await SqliteQueue.open(folder / "jobs.db", limit=limit, clock=clock)
    works = Works(queue, FolderStore(folder / "media"))
    tickets = Tickets(folder / "tickets.db", SECRET, clock=clock)
    house = ServiceInfo(url=URL)
    async with open_memory(folder / "dialog.db", SECRET, clock=clock) as memory:
        privacy = Forgetful(works, tickets, memory)
        dialog = await open_conversation(
            memory, works, tickets, privacy, house, ticket_seconds=900.0, appeals=appeals, clock=clock
        )
        yield Home(dialog, works, tickets, memory, clock, folder)
    await tickets.close()
    await queue.close()
