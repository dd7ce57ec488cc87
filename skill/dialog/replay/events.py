"""What happens on the stage between two turns: photos come, jobs end, time passes, things break."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pipeline.run import Wish
from skill.dialog.limits import compact_json
from skill.dialog.policy.upload import RULES
from skill.dialog.replay.answer import LINK, Heard
from skill.dialog.replay.device import Device
from skill.dialog.replay.script import Event, ScriptError
from skill.dialog.replay.service_rig import LIMIT, TICKET_SECONDS, Stage
from skill.dialog.types import Turn
from skill.jobs.housekeeping import sweep
from skill.jobs.model import Done, Failed, Job, JobEnd, JobState, Refusal

_WORKER: Final = "worker of the stage"
_LEASE: Final = 30 * 86400.0
_OTHERS: Final = "somebody else "
_ADDRESS: Final = "192.0.2.1"


@dataclass
class Person:
    """Who speaks on the stage. `heard`: what may lead to our page: the last link, else the last code, else a push."""

    stage: Stage
    device: Device
    token: str = ""
    code: str = ""
    pushed: bool = False
    photos: int = 0

    @property
    def turn(self) -> Turn:
        """A turn of this person's, as the service sees it."""
        body = self.device.said("да")
        found = self.stage.codecs[self.device.assistant].decode(_json(body)).turn
        if found is None:
            raise ScriptError("this device says nothing")
        return found

    @property
    def account(self) -> str:
        return f"account of {self.device.token}" if self.device.token else ""

    def hears(self, heard: Heard) -> None:
        """Remember the way for a photo."""
        found = LINK.search(heard.link)
        if found and "by_link" in heard.says:
            self.token, self.code, self.pushed = found[1], "", False
        elif heard.code:
            self.token, self.code, self.pushed = "", heard.code, False
        elif heard.linking:
            self.token, self.code, self.pushed = "", "", True

    async def jobs(self) -> list[Job]:
        """The newest first."""
        whose = {self.turn.user, self.account} - {""}
        found = [job for user in sorted(whose) for job in await self.stage.queue.of(user)]
        return sorted(found, key=lambda job: job.created, reverse=True)

    async def leaves(self) -> None:
        """Nothing is left for the next scene."""
        self.stage.broken.mended()
        self.stage.works.busy = 0.0
        for user in (self.turn.user, self.account, *(f"{_OTHERS}{number}" for number in range(LIMIT))):
            if user:
                await self.stage.works.forget(user)


async def happens(event: Event, person: Person) -> None:
    """Raises ScriptError for an event that does not exist or can't happen now."""
    if event.do not in EVENTS:
        raise ScriptError(f"nothing is called {event.do!r}; there are {', '.join(EVENTS)}")
    await EVENTS[event.do](event, person)


async def _new_session(_: Event, person: Person) -> None:
    person.device.new_session()


async def _agreed(_: Event, person: Person) -> None:
    """The rules were agreed to some day before."""
    await person.stage.memory.record_consent(person.turn.user, RULES)


async def _linked(_: Event, person: Person) -> None:
    """From now on messages carry a token of account linking."""
    person.device.token = f"token-{person.device.id}"


async def _photo(event: Event, person: Person) -> None:
    """A photo comes by the page that was told last. `gestures`: chosen there. `what`: of which photo, if it matters."""
    stage = person.stage
    wish = await stage.conversation.add_pending_wish(person.turn.user, Wish(gestures=event.gestures))
    person.photos += 1
    photo = (event.what or f"photo {person.photos}") + person.device.id
    if person.pushed:
        await _put(stage, person.account or person.turn.user, wish, photo)
        return
    if not (person.token or person.code):
        raise ScriptError("no link or code was told by which a photo could come")
    if not person.token:
        person.token = await stage.tickets.token_for_code(person.code, _ADDRESS)
    await _by_ticket(stage, person.token, wish, photo)


async def _family(event: Event, person: Person) -> None:
    """Somebody else of the house sends a photo by this device. `what`: "push" – without a code."""
    stage, turn = person.stage, person.turn
    session, until = f"of the family {person.photos}", stage.clock() + TICKET_SECONDS
    person.photos += 1
    if event.what == "push":
        await stage.memory.add_invitation(turn.user, session, until=until, keep=_LEASE)
        await _put(stage, turn.user, Wish(), f"pushed {session} {person.device.id}")
        return
    made = await stage.tickets.issue(turn.user)
    await stage.memory.add_invitation(turn.user, session, token=made.token, code=made.code, until=until, keep=_LEASE)
    person.code = made.code  # its digits are known to whoever took the photo
    await _by_ticket(stage, made.token, Wish(), f"{session} {person.device.id}")


async def _by_ticket(stage: Stage, token: str, wish: Wish, photo: str) -> None:
    ticket = await stage.tickets.redeem(token, hashlib.sha256(photo.encode()).hexdigest())
    job = await _put(stage, ticket.user, wish, photo)
    await stage.tickets.set_job(token, job.id)


async def _put(stage: Stage, user: str, wish: Wish, photo: str) -> Job:
    """As the page's upload does."""
    source = await _stored(stage, photo.encode(), "image/jpeg")
    return await stage.queue.put(user, source, wish, digest=photo)


async def _stored(stage: Stage, what: bytes, content_type: str) -> str:
    with tempfile.NamedTemporaryFile(dir=stage.folder) as file:
        file.write(what)
        file.flush()
        return await stage.store.put(Path(file.name), content_type=content_type, seconds=_LEASE)


async def _taken(_: Event, person: Person) -> None:
    """A worker begins with this person's oldest job."""
    others = []
    while (job := await person.stage.queue.lease(_WORKER, _LEASE)) is not None:
        if job.user in {person.turn.user, person.account}:
            break
        others.append(job)
    for other in others:
        await person.stage.queue.give_back(other.id, _WORKER)
    if job is None:
        raise ScriptError("no job of this person's waits")


async def _ends(person: Person, end: JobEnd) -> None:
    if not [job for job in await person.jobs() if job.state is JobState.RUNNING]:
        await _taken(Event(do="taken"), person)
    job = next(job for job in await person.jobs() if job.state is JobState.RUNNING)
    if not await person.stage.queue.finish(job.id, _WORKER, end):
        raise ScriptError("the job was lost meanwhile")


async def _done(_: Event, person: Person) -> None:
    clip = await _stored(person.stage, b"a clip", "video/mp4")
    poster = await _stored(person.stage, b"its first frame", "image/jpeg")
    await _ends(person, Done((("mp4", clip), ("jpg", poster))))


async def _refused(event: Event, person: Person) -> None:
    await _ends(person, Refusal.parse(event.reason))


async def _failed(_: Event, person: Person) -> None:
    await _ends(person, Failed("crashed"))


async def _picture(_: Event, person: Person) -> None:
    """The platform has taken the posters of what is done."""
    done = [job for job in await person.jobs() if job.state is JobState.DONE]
    person.stage.pictures.known |= {job.id: f"1030494/{job.id.lower()}" for job in done}


async def _later(event: Event, person: Person) -> None:
    """Time passes; housekeeping takes away what is past its time."""
    person.stage.clock.later(event.seconds)
    await sweep(person.stage.queue, person.stage.store, person.stage.clock)
    await person.stage.tickets.purge()
    await person.stage.memory.purge()


async def _gone(_: Event, person: Person) -> None:
    """Clips and posters are not there any more."""
    for job in await person.jobs():
        for _name, key in job.results:
            await person.stage.store.delete(key)


async def _full(_: Event, person: Person) -> None:
    """Others fill the queue."""
    waiting, _seconds = await person.stage.queue.waiting()
    for number in range(LIMIT - waiting):
        await _put(person.stage, f"{_OTHERS}{number}", Wish(), f"{_OTHERS}{number} {person.device.id}")


async def _busy(event: Event, person: Person) -> None:
    """A new photo would wait for `seconds`."""
    person.stage.works.busy = event.seconds


async def _breaks(event: Event, person: Person) -> None:
    """`what`: jobs, wishes, waiting or tickets."""
    if event.what not in vars(person.stage.broken):
        raise ScriptError(f"{event.what!r} can't break; there are {', '.join(vars(person.stage.broken))}")
    setattr(person.stage.broken, event.what, True)


async def _mended(_: Event, person: Person) -> None:
    person.stage.broken.mended()


def _json(body: Mapping[str, object]) -> bytes:
    return compact_json(body).encode()


EVENTS: Final[Mapping[str, Callable[[Event, Person], Awaitable[None]]]] = MappingProxyType(
    {
        "new_session": _new_session,
        "agreed": _agreed,
        "linked": _linked,
        "photo": _photo,
        "family": _family,
        "taken": _taken,
        "done": _done,
        "refused": _refused,
        "failed": _failed,
        "picture": _picture,
        "later": _later,
        "gone": _gone,
        "full": _full,
        "busy": _busy,
        "breaks": _breaks,
        "mended": _mended,
    }
)
