"""A person who talks to the skill, for tests: enters, says, presses, sends a photo.

On a stage (service_rig) jobs are ended by hand; at a running server (Remote) they end by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Heard
from skill.dialog.replay.device import Device, device
from skill.dialog.replay.events import Person, happens
from skill.dialog.replay.player import Place
from skill.dialog.replay.script import Event, Mode
from skill.dialog.replay.service_rig import Stage, open_stage

SPEAKER, SCREEN = Mode(), Mode(screen=True)
OWN_PHONE = Mode(screen=True, signed_in=True)


@dataclass
class User:
    """`heard`: the last answer. Every answer is one that the assistant takes, or an assertion fails."""

    place: Place
    device: Device
    heard: Heard = field(default_factory=Heard)
    person: Person | None = None

    def __post_init__(self) -> None:
        if isinstance(self.place, Stage):
            self.person = Person(self.place, self.device)

    async def enter(self, command: str = "") -> Heard:
        """Starts the skill in a new session, perhaps with a command at once."""
        self.device.new_session()
        return await self.say(command)

    async def say(self, text: str, **intents: Mapping[str, Any]) -> Heard:
        return await self._turn(self.device.said(text, intents))

    async def press(self, meant: str) -> Heard:
        """A button by its title or its meaning («yes», «delete»)."""
        for button in self.heard.buttons:
            if meant in (button.title, button.meaning):
                assert not button.url, f"{meant!r} opens {button.url}"
                return await self._turn(self.device.pressed(button))
        raise AssertionError(f"no button {meant!r} in {[button.title for button in self.heard.buttons]}")

    async def link(self) -> Heard:
        """The account has been linked."""
        return await self._turn(self.device.linked())

    async def send_photo(self, *gestures: str) -> None:
        """By the last link or code."""
        await self.happens("photo", gestures=gestures)

    async def finish_job(self, **end: str) -> None:
        """The oldest one: done, `refused="no_face"` or `failed="crashed"`."""
        if "refused" in end:
            await self.happens("refused", reason=end["refused"])
        else:
            await self.happens("failed" if "failed" in end else "done")

    async def happens(self, name: str, **values: Any) -> None:
        assert self.person is not None, "a running server has its own events"
        await happens(Event(do=name, **values), self.person)

    async def _turn(self, message: dict[str, Any]) -> Heard:
        status, answer = await self.place.post(self.device.assistant, compact_json(message).encode())
        assert status == 200
        assert self.device.check(answer, message) == ""
        self.heard = self.device.hears(answer)
        if self.person:
            self.person.hears(self.heard)
        return self.heard


def user(place: Place, mode: Mode = SPEAKER, *, assistant: str = "alice", **device_: bool) -> User:
    return User(place, device(assistant, mode, **device_))


@asynccontextmanager
async def on_stage(mode: Mode = SPEAKER, **given: Any) -> AsyncIterator[User]:
    async with open_stage() as stage:
        yield user(stage, mode, **given)
