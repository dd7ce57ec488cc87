"""Running server as the target of a replay: messages go to its webhook, consent is given and photos are sent as by a
person."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from skill.dialog.codec import object_at, parse_object, text_at
from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import LINK, Answer
from skill.dialog.replay.device import Device
from skill.dialog.replay.script import EventStep, Expectation
from skill.web.auth import TICKET_HEADER

_TIMEOUT: Final = aiohttp.ClientTimeout(total=30)
_JOB_SECONDS: Final = 120.0  # longest wait for a job's end
_POLL_SECONDS: Final = 0.2
_JOB: Final = re.compile(r'data-job="([^"]+)"')


_SAID_ONCE: Final = MappingProxyType({"come_back_alice": "come_back"})
"""Phrases that a person hears once, with a code, and what is said in their place from then on."""


class NotFromAfarError(Exception):
    """An event that can't be brought about at a running server; the message says why, after the event's name."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    """Address of the server, without a slash at the end."""
    secrets: Mapping[str, str] = field(repr=False)
    """Secret of the webhook's path, by the assistant's name."""
    photo: bytes | None = field(default=None, repr=False)
    """Portrait to upload where a script sends a photo; None: no photo is sent."""


@dataclass(frozen=True)
class RemoteService:
    """A running server, with the client that talks to it."""

    client: aiohttp.ClientSession
    """Client that sends messages."""
    server: Server
    """Where they go."""

    async def post(self, assistant: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the server's answer to a message. Raises aiohttp.ClientError, TimeoutError."""
        headers = {"Content-Type": "application/json"}
        hook = f"{self.server.address}/{assistant}/{self.server.secrets[assistant]}"
        async with self.client.post(hook, data=body, headers=headers, timeout=_TIMEOUT) as response:
            return response.status, await response.read()


@dataclass
class RemoteUser:
    """The person at a device that talks to a running server, with the last way by which a photo may be sent."""

    service: RemoteService
    """The server."""
    device: Device
    """The person's device."""
    token: str = ""
    """Secret of the last upload link; empty where a code came later."""
    code: str = ""
    """The last code; empty where a link came later."""
    photos: int = 0
    """Number of photos that were sent."""
    unfinished: int = 0
    """Number of photos whose end was not waited for."""
    left_traces: bool = False
    """Whether the server keeps something of this person."""
    had_code: bool = False
    """Whether a link or a code was told when consent was given, beside the script."""

    def receive(self, answer: Answer) -> None:
        """Remember the way for a photo that an answer tells."""
        link = LINK.search(answer.link)
        if link and "by_link" in answer.phrases:
            self.token, self.code = link[1], ""
        elif answer.code:
            self.token, self.code = "", answer.code
        elif answer.linking:
            self.token, self.code = "", ""

    def adapt(self, expect: Expectation) -> Expectation:
        """The expectation after what was said beside the script."""
        if not self.had_code:
            return expect
        return expect.model_copy(update={"says": tuple(_SAID_ONCE.get(name, name) for name in expect.says)})

    async def apply(self, event: EventStep) -> None:
        """Let an event happen.

        Raises:
            NotFromAfarError: it can't be brought about at a running server, or not now.
            aiohttp.ClientError, TimeoutError: the server does not answer.
        """
        if event.do not in _EVENTS:
            raise NotFromAfarError("it needs the inside of the service")
        await _EVENTS[event.do](event, self)

    async def clean_up(self) -> None:
        """Ask the server to delete everything of this person, as anybody can."""
        if not self.left_traces:
            return
        self.device.new_session()
        for words in ("", "удали всё", "да"):
            await self.say(words)

    async def say(self, words: str) -> Answer:
        """The answer to something said beside the script. Raises NotFromAfarError where it is not accepted."""
        message = self.device.utterance(words)
        status, body = await self.service.post(self.device.assistant, compact_json(message).encode())
        if status != HTTPStatus.OK:
            raise NotFromAfarError(f"the server answers {status}")
        answer = self.device.receive(body)
        self.receive(answer)
        return answer


async def _new_session(_: EventStep, user: RemoteUser) -> None:
    user.device.new_session()


async def _agreed(_: EventStep, user: RemoteUser) -> None:
    """The rules are agreed to in a session before; its link or code is given back."""
    user.device.new_session()
    user.left_traces = True
    for words in ("", "оживи фото", "да"):
        answer = await user.say(words)
    if not answer.phrases & {"by_link", "by_code", "by_phone"}:
        raise NotFromAfarError("the server does not ask for consent as it should")
    await user.say("отмена")
    user.token, user.code, user.had_code = "", "", True
    user.device.new_session()


async def _photo(event: EventStep, user: RemoteUser) -> None:
    """A portrait is uploaded by the page that was told last."""
    portrait = user.service.server.photo
    if portrait is None:
        raise NotFromAfarError("there is no portrait to send; name one with --photo")
    if not (user.token or user.code):
        raise NotFromAfarError("the way to it was pushed to a phone")
    token = user.token or await _token_for_code(user)
    user.token, user.left_traces = token, True
    user.photos, user.unfinished = user.photos + 1, user.unfinished + 1
    name = event.what or f"photo {user.photos}"
    form = aiohttp.FormData()
    if event.gestures:
        form.add_field("gesture", ",".join(event.gestures))
    # what follows a picture is read by nobody, but makes it another photo
    form.add_field("photo", portrait + f"\n{name} {user.device.id}".encode(), filename="portrait")
    await _request(user, "POST", "/api/v1/animations", {TICKET_HEADER: token}, form)


async def _token_for_code(user: RemoteUser) -> str:
    address, form = f"{user.service.server.address}/code", {"code": user.code}
    async with user.service.client.post(address, data=form, allow_redirects=False, timeout=_TIMEOUT) as response:
        link = LINK.search(response.headers.get("Location", ""))
        if link is None:
            raise NotFromAfarError(f"the server does not take the code ({response.status})")
        return link[1]


async def _taken(_: EventStep, user: RemoteUser) -> None:
    """A worker begins with the job of the last page."""
    if await _wait_for_job(user, beyond=("waiting",)) != "running":
        raise NotFromAfarError("the job ended too soon")


async def _done(_: EventStep, user: RemoteUser) -> None:
    """The clip of the last page is made: of a photo, or of a wish that was said since."""
    if user.unfinished > 1:
        raise NotFromAfarError("several photos are on their way, and none of them can be held up")
    state = await _wait_for_job(user, beyond=("waiting", "running"))
    if state != "done":
        raise NotFromAfarError(f"the job is {state}")
    user.unfinished = 0


async def _wait_for_job(user: RemoteUser, *, beyond: tuple[str, ...]) -> str:
    """The job's state as soon as it is none of these, at most two minutes later."""
    path = f"/api/v1/animations/{await _job_of_page(user)}"
    try:
        async with asyncio.timeout(_JOB_SECONDS):
            while (state := text_at(await _request(user, "GET", path), "state")) in beyond:
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise NotFromAfarError(f"the job is not there after {_JOB_SECONDS:.0f} s") from None
    return state


async def _job_of_page(user: RemoteUser) -> str:
    """The server's id of the job to which the last photo's page leads."""
    address = f"{user.service.server.address}/u/{user.token}"
    async with user.service.client.get(address, timeout=_TIMEOUT) as response:
        found = _JOB.search(await response.text())
    if not user.photos or found is None:
        raise NotFromAfarError("no photo was sent")
    return found[1]


async def _request(
    user: RemoteUser,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    form: aiohttp.FormData | None = None,
) -> dict[str, Any]:
    """The JSON object that the API answers. Raises NotFromAfarError where it answers with an error."""
    address = user.service.server.address + path
    async with user.service.client.request(method, address, headers=headers, data=form, timeout=_TIMEOUT) as response:
        body = parse_object(await response.read())
        if response.status >= HTTPStatus.BAD_REQUEST:
            code = text_at(object_at(body, "error"), "code")
            raise NotFromAfarError(f"the server answers {response.status} {code}".strip())
        return body


_EVENTS: Final[Mapping[str, Callable[[EventStep, RemoteUser], Awaitable[None]]]] = MappingProxyType(
    {"new_session": _new_session, "agreed": _agreed, "photo": _photo, "taken": _taken, "done": _done}
)
