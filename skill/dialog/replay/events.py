"""Events of a script between two turns: photos come, jobs end, time passes, parts of the service break."""

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
from skill.dialog.replay.answer import LINK, Answer
from skill.dialog.replay.device import Device
from skill.dialog.replay.script import EventStep, Expectation, ScriptError
from skill.dialog.replay.service_rig import PARTS, QUEUE_LIMIT, TICKET_SECONDS, ServiceRig
from skill.dialog.types import Turn
from skill.jobs.housekeeping import sweep
from skill.jobs.model import Done, Failed, Job, JobEnd, JobState, Refusal
from skill.purge import purge

_WORKER: Final = "worker of the rig"
_LEASE_SECONDS: Final = 30 * 86400.0
_OTHERS: Final = "somebody else "
_ADDRESS: Final = "192.0.2.1"


@dataclass
class RigUser:
    """The person at a device, as the rig knows them, with the last way by which a photo may come."""

    rig: ServiceRig
    """The service that the device talks to."""
    device: Device
    """The person's device."""
    token: str = ""
    """Secret of the last upload link; empty where a code or a push came later."""
    code: str = ""
    """The last code; empty where a link or a push came later."""
    pushed: bool = False
    """Whether our page was pushed last."""
    photos: int = 0
    """Number of photos that came so far."""
    others: int = 0
    """Number of other people who fill the queue."""

    @property
    def turn(self) -> Turn:
        """A turn of this person's, as the service decodes it."""
        body = compact_json(self.device.utterance("да")).encode()
        turn = self.rig.codecs[self.device.assistant].decode(body).turn
        if turn is None:
            raise ScriptError("this device says nothing")
        return turn

    @property
    def account(self) -> str:
        """The linked account; empty where none is linked."""
        return f"account of {self.device.token}" if self.device.token else ""

    def receive(self, answer: Answer) -> None:
        """Remember the way for a photo that an answer tells."""
        link = LINK.search(answer.link)
        if link and "by_link" in answer.phrases:
            self.token, self.code, self.pushed = link[1], "", False
        elif answer.code:
            self.token, self.code, self.pushed = "", answer.code, False
        elif answer.linking:
            self.token, self.code, self.pushed = "", "", True

    def adapt(self, expect: Expectation) -> Expectation:
        """The expectation as it is: nothing is said beside the script."""
        return expect

    async def apply(self, event: EventStep) -> None:
        """Let an event happen; errors as `apply_event`."""
        await apply_event(event, self)

    async def jobs(self) -> list[Job]:
        """The person's jobs, the newest first."""
        users = {self.turn.user, self.account} - {""}
        jobs = [job for user in sorted(users) for job in await self.rig.queue.of(user)]
        return sorted(jobs, key=lambda job: job.created, reverse=True)

    async def clean_up(self) -> None:
        """Leave nothing for the next script."""
        self.rig.faults.mend()
        for user in (self.turn.user, self.account, *(f"{_OTHERS}{number}" for number in range(self.others))):
            if user:
                await self.rig.animations.forget(user)
        self.others = 0


async def apply_event(event: EventStep, user: RigUser) -> None:
    """Let an event happen.

    Raises:
        ScriptError: there is no such event, or it can't happen now.
        QueueError, TicketError: the service does not take what the event brings.
    """
    if event.do not in EVENTS:
        raise ScriptError(f"nothing is called {event.do!r}; there are {', '.join(EVENTS)}")
    await EVENTS[event.do](event, user)


async def _new_session(_: EventStep, user: RigUser) -> None:
    user.device.new_session()


async def _agreed(_: EventStep, user: RigUser) -> None:
    """The rules were agreed to some day before."""
    await user.rig.memory.record_consent(user.turn.user, RULES)


async def _linked(_: EventStep, user: RigUser) -> None:
    """From now on messages carry a token of account linking."""
    user.device.token = f"token-{user.device.id}"


async def _photo(event: EventStep, user: RigUser) -> None:
    """A photo comes by the page that was told last. `gestures`: chosen there. `what`: of which photo, if it matters."""
    rig = user.rig
    wish = await rig.dialog.add_pending_wish(user.turn.user, Wish(gestures=event.gestures))
    user.photos += 1
    photo = (event.what or f"photo {user.photos}") + user.device.id
    if user.pushed:
        await _put_photo(rig, user.account or user.turn.user, wish, photo)
        return
    if not (user.token or user.code):
        raise ScriptError("no link or code was told by which a photo could come")
    if not user.token:
        user.token = await rig.tickets.token_for_code(user.code, _ADDRESS)
    await _put_by_ticket(rig, user.token, wish, photo)


async def _family(event: EventStep, user: RigUser) -> None:
    """Somebody else of the family sends a photo by this device. `what`: "push" – without a code."""
    rig, turn = user.rig, user.turn
    session, until = f"of the family {user.photos}", rig.clock() + TICKET_SECONDS
    user.photos += 1
    if event.what == "push":
        await rig.memory.add_invitation(turn.user, session, until=until, keep=_LEASE_SECONDS)
        await _put_photo(rig, turn.user, Wish(), f"pushed {session} {user.device.id}")
        return
    ticket = await rig.tickets.issue(turn.user)
    await rig.memory.add_invitation(
        turn.user, session, token=ticket.token, code=ticket.code, until=until, keep=_LEASE_SECONDS
    )
    user.code = ticket.code  # its digits are known to whoever took the photo
    await _put_by_ticket(rig, ticket.token, Wish(), f"{session} {user.device.id}")


async def _put_by_ticket(rig: ServiceRig, token: str, wish: Wish, photo: str) -> None:
    ticket = await rig.tickets.redeem(token, hashlib.sha256(photo.encode()).hexdigest())
    job = await _put_photo(rig, ticket.user, wish, photo)
    await rig.tickets.set_job(token, job.id)


async def _put_photo(rig: ServiceRig, user: str, wish: Wish, photo: str) -> Job:
    """The job of a photo, as the page's upload makes it."""
    source = await _store(rig, photo.encode(), "image/jpeg")
    return await rig.queue.put(user, source, wish, digest=photo)


async def _store(rig: ServiceRig, content: bytes, content_type: str) -> str:
    with tempfile.NamedTemporaryFile(dir=rig.folder) as file:
        file.write(content)
        file.flush()
        return await rig.store.put(Path(file.name), content_type=content_type, seconds=_LEASE_SECONDS)


async def _taken(_: EventStep, user: RigUser) -> None:
    """A worker begins with this person's oldest job."""
    others = []
    while (job := await user.rig.queue.lease(_WORKER, _LEASE_SECONDS)) is not None:
        if job.user in {user.turn.user, user.account}:
            break
        others.append(job)
    for other in others:
        await user.rig.queue.give_back(other.id, _WORKER)
    if job is None:
        raise ScriptError("no job of this person's waits")


async def _end_job(user: RigUser, end: JobEnd) -> None:
    if not [job for job in await user.jobs() if job.state is JobState.RUNNING]:
        await _taken(EventStep(do="taken"), user)
    job = next(job for job in await user.jobs() if job.state is JobState.RUNNING)
    if not await user.rig.queue.finish(job.id, _WORKER, end):
        raise ScriptError("the job was lost meanwhile")


async def _done(_: EventStep, user: RigUser) -> None:
    clip = await _store(user.rig, b"a clip", "video/mp4")
    poster = await _store(user.rig, b"its first frame", "image/jpeg")
    await _end_job(user, Done((("mp4", clip), ("jpg", poster))))


async def _refused(event: EventStep, user: RigUser) -> None:
    if not event.reason:
        raise ScriptError("a refusal needs a reason")
    await _end_job(user, Refusal.parse(event.reason))


async def _failed(_: EventStep, user: RigUser) -> None:
    await _end_job(user, Failed("crashed"))


async def _picture(_: EventStep, user: RigUser) -> None:
    """The platform has taken the posters of what is done."""
    done = [job for job in await user.jobs() if job.state is JobState.DONE]
    user.rig.pictures.ids |= {job.id: f"1030494/{job.id.lower()}" for job in done}


async def _later(event: EventStep, user: RigUser) -> None:
    """Time passes; housekeeping takes away what is past its time."""
    user.rig.clock.advance(event.seconds)
    await sweep(user.rig.queue, user.rig.store, user.rig.clock)
    await purge(user.rig.database)


async def _gone(_: EventStep, user: RigUser) -> None:
    """Clips and posters are not there any more."""
    for job in await user.jobs():
        for _name, key in job.results:
            await user.rig.store.delete(key)


async def _full(_: EventStep, user: RigUser) -> None:
    """Others fill the queue."""
    waiting, _seconds = await user.rig.queue.waiting()
    user.others = max(user.others, QUEUE_LIMIT - waiting)
    for number in range(QUEUE_LIMIT - waiting):
        await _put_photo(user.rig, f"{_OTHERS}{number}", Wish(), f"{_OTHERS}{number} {user.device.id}")


async def _busy(event: EventStep, user: RigUser) -> None:
    """A new photo would wait for `seconds`."""
    user.rig.faults.busy_seconds = event.seconds


async def _breaks(event: EventStep, user: RigUser) -> None:
    """`what`: jobs, wishes, waiting or tickets."""
    if event.what not in PARTS:
        raise ScriptError(f"{event.what!r} can't break; there are {', '.join(PARTS)}")
    user.rig.faults.broken.add(event.what)


async def _mended(_: EventStep, user: RigUser) -> None:
    user.rig.faults.mend()


EVENTS: Final[Mapping[str, Callable[[EventStep, RigUser], Awaitable[None]]]] = MappingProxyType(
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
