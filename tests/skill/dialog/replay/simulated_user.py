"""A person who talks to the skill, for tests: enters, says, presses, sends a photo.

Over a service rig jobs are ended by hand; at a running server they end by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Answer
from skill.dialog.replay.device import Device, build_device
from skill.dialog.replay.events import RigUser, apply_event
from skill.dialog.replay.player import Target
from skill.dialog.replay.script import EventStep, Mode
from skill.dialog.replay.service_rig import ServiceRig, open_service_rig

SPEAKER, SCREEN = Mode(), Mode(screen=True)
OWN_PHONE = Mode(screen=True, signed_in=True)


@dataclass
class SimulatedUser:
    """One person at one device. Every answer is one that the assistant takes, or an assertion fails."""

    target: Target
    device: Device
    answer: Answer = field(default_factory=Answer)
    """The last answer."""
    rig_user: RigUser | None = None
    """The person as the rig knows them; None at a running server."""

    def __post_init__(self) -> None:
        if isinstance(self.target, ServiceRig):
            self.rig_user = RigUser(self.target, self.device)

    async def enter(self, command: str = "") -> Answer:
        """Start the skill in a new session, perhaps with a command at once."""
        self.device.new_session()
        return await self.say(command)

    async def say(self, text: str, **intents: Mapping[str, Any]) -> Answer:
        """The answer to something said; `intents`: that the platform recognises in it."""
        return await self._send(self.device.utterance(text, intents))

    async def press(self, meaning: str) -> Answer:
        """The answer to a button, named by its title or its meaning («yes», «delete»)."""
        for button in self.answer.buttons:
            if meaning in (button.title, button.meaning):
                assert not button.url, f"{meaning!r} opens {button.url}"
                return await self._send(self.device.press(button))
        raise AssertionError(f"no button {meaning!r} in {[button.title for button in self.answer.buttons]}")

    async def link_account(self) -> Answer:
        """The answer to the event that the account has been linked."""
        return await self._send(self.device.linking_event())

    async def send_photo(self, *gestures: str) -> None:
        """Send a photo by the last link or code."""
        await self.apply_event("photo", gestures=gestures)

    async def finish_job(self, **end: str) -> None:
        """End the oldest job: done, `refused="no_face"` or `failed="crashed"`."""
        if "refused" in end:
            await self.apply_event("refused", reason=end["refused"])
        else:
            await self.apply_event("failed" if "failed" in end else "done")

    async def apply_event(self, name: str, **values: Any) -> None:
        """Let an event of a script happen."""
        assert self.rig_user is not None, "a running server has its own events"
        await apply_event(EventStep(do=name, **values), self.rig_user)

    async def _send(self, message: dict[str, Any]) -> Answer:
        status, body = await self.target.post(self.device.assistant, compact_json(message).encode())
        assert status == 200
        assert self.device.check(body, message) == ""
        self.answer = self.device.receive(body)
        if self.rig_user:
            self.rig_user.receive(self.answer)
        return self.answer


def build_user(target: Target, mode: Mode = SPEAKER, *, assistant: str = "alice", **device: bool) -> SimulatedUser:
    """A new person at a new device."""
    return SimulatedUser(target, build_device(assistant, mode, **device))


@asynccontextmanager
async def user_at_rig(mode: Mode = SPEAKER, **given: Any) -> AsyncIterator[SimulatedUser]:
    """A person at a service rig of their own."""
    async with open_service_rig() as rig:
        yield build_user(rig, mode, **given)
