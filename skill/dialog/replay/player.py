"""Playing a scene in one mode, on the stage or at a running server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Heard
from skill.dialog.replay.compare import Difference, differences, in_words
from skill.dialog.replay.device import Device, device
from skill.dialog.replay.events import Person, happens
from skill.dialog.replay.script import Event, Expect, Mode, Said, Script, ScriptError, fits
from skill.dialog.replay.service_rig import Stage, open_stage

REMOTE: Final = frozenset({"new_session"})  # events that need nothing of a server's inside


@dataclass(frozen=True, slots=True)
class Miss:
    """A turn that went otherwise. `number`: of the turn, from 1. `said`, `heard`: for people."""

    number: int
    said: str
    heard: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """One scene in one mode. `turns`: how many were played. `note`: why not all of them, if so."""

    path: Path
    name: str
    mode: Mode
    turns: int
    misses: tuple[Miss, ...] = ()
    note: str = ""

    @property
    def well(self) -> bool:
        return not self.misses


@dataclass(frozen=True)
class Remote:
    """A running server. `hooks`: the webhook's whole address by assistant."""

    client: aiohttp.ClientSession
    hooks: Mapping[str, str] = field(repr=False)

    async def post(self, assistant: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        async with self.client.post(self.hooks[assistant], data=body, headers=headers) as response:
            return response.status, await response.read()


Place = Stage | Remote


@dataclass
class _Player:
    place: Place
    script: Script
    device: Device
    person: Person | None
    heard: Heard = field(default_factory=Heard)
    code: str = ""

    async def turn(self, said: Said) -> list[Difference]:
        """Say it, hear the answer, compare."""
        message = self._message(said)
        body = said.raw.encode() if said.raw is not None else compact_json(message).encode()
        if isinstance(self.place, Stage):
            self.place.told.clear()
        status, answer = await self.place.post(self.device.assistant, body)
        expect = said.expected(self.device.mode)
        found = self._whole(expect, status, answer, message)
        if said.twice and (await self.place.post(self.device.assistant, body))[1] != answer:
            found.append(Difference("twice", "the same bytes again", "others"))
        if found or status != 200 or not answer:
            return found
        self.heard = self.device.hears(answer)
        self.code = self.heard.code or self.code
        if self.person:
            self.person.hears(self.heard)
        decided = self.place.decided() if isinstance(self.place, Stage) else None
        found = differences(expect, self.heard, screen=self.device.mode.screen, decided=decided)
        return found + await self._after(expect)

    def _whole(self, expect: Expect, status: int, answer: bytes, message: Mapping[str, Any]) -> list[Difference]:
        """What makes it useless to look any further."""
        if status != (204 if expect.silent else expect.status):
            return [Difference("status", str(204 if expect.silent else expect.status), str(status))]
        if status != 200:
            return []
        wrong = self.device.check(answer, message)
        return [Difference("valid", "an answer that the assistant takes", wrong)] if wrong else []

    async def _after(self, expect: Expect) -> list[Difference]:
        """What has become of the person's jobs, and of the service."""
        if not (self.person and isinstance(self.place, Stage)):
            return []
        found = [Difference("log", "no error", trouble) for trouble in self.place.troubles()]
        if expect.jobs is None and expect.wish is None:
            return found
        jobs = await self.person.jobs()
        if expect.jobs is not None and len(jobs) != expect.jobs:
            found.append(Difference("jobs", str(expect.jobs), str(len(jobs))))
        wish = {name: _plain(getattr(jobs[0].wish, name, None)) for name in expect.wish or {}} if jobs else None
        if expect.wish is not None and wish != expect.wish:
            found.append(Difference("wish", compact_json(expect.wish), compact_json(wish) if wish else "no job"))
        return found

    def _message(self, said: Said) -> dict[str, Any]:
        if said.link:
            self.device.token = self.device.token or f"token-{self.device.id}"
            made = self.device.linked()
        elif said.press is not None:
            made = self._pressed(said.press)
        else:
            made = self.device.said(self._filled(said.say or ""), said.intents)
        return patched(made, said.body)

    def _pressed(self, meant: str) -> dict[str, Any]:
        for button in self.heard.buttons:
            if meant in (button.title, button.meaning) and not button.url:
                return self.device.pressed(button)
        shown = ", ".join(f"{button.title} ({button.meaning})" for button in self.heard.buttons)
        raise ScriptError(f"there is no button {meant!r} to press, only {shown or 'none at all'}")

    def _filled(self, text: str) -> str:
        """With what was heard before: {code}, its last two {digits}, other two that are {wrong}."""
        code = self.person.code if self.person and self.person.code else self.code
        digits = code[-2:] or "00"
        wrong = f"{(int(digits) + 11) % 90 + 10:02}"
        values = {"{code}": code, "{digits}": " ".join(digits), "{wrong}": wrong if wrong != digits else "99"}
        for name, value in values.items():
            text = text.replace(name, value)
        return text


async def play(path: Path, script: Script, mode: Mode, place: Place) -> Played:
    """The scene in that mode; it ends where an event can't happen there. Raises ScriptError for a scene that is
    impossible in itself."""
    own = device(script.assistant, mode, linking=script.linking, linked=script.linked)
    person = Person(place, own) if isinstance(place, Stage) else None
    player = _Player(place, script, own, person)
    misses: list[Miss] = []
    turns = 0
    try:
        for step in script.steps:
            if not fits(mode, step.only):
                continue
            if isinstance(step, Event):
                if person:
                    await happens(step, person)
                elif step.do in REMOTE:
                    own.new_session()
                else:
                    note = f"up to «{step.do}», which can't be done from afar"
                    return Played(path, script.name, mode, turns, tuple(misses), note)
                continue
            turns += 1
            if found := await player.turn(step):
                misses.append(Miss(turns, step.title, in_words(player.heard.text), tuple(found)))
    except ScriptError as error:
        raise ScriptError(f"{path.name} ({mode.name}), after turn {turns}: {error}") from None
    finally:
        if person:
            await person.leaves()
    return Played(path, script.name, mode, turns, tuple(misses))


async def play_all(scripts: Sequence[tuple[Path, Script]], place: Place) -> list[Played]:
    """One after the other: on the stage they share the clock."""
    return [await play(path, script, mode, place) for path, script in scripts for mode in script.played()]


def patched(message: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """JSON merge patch: objects are merged, null takes a field away."""
    for name, value in change.items():
        if value is None:
            message.pop(name, None)
        elif isinstance(value, dict) and isinstance(message.get(name), dict):
            message[name] = patched(dict(message[name]), value)
        else:
            message[name] = value
    return message


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


async def replay(scripts: Sequence[tuple[Path, Script]], hooks: Mapping[str, str] | None = None) -> list[Played]:
    """On the stage, or at a server's `hooks`."""
    if hooks is None:
        async with open_stage() as stage:
            return await play_all(scripts, stage)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        return await play_all(scripts, Remote(client, hooks))


def replay_now(scripts: Sequence[tuple[Path, Script]], hooks: Mapping[str, str] | None = None) -> list[Played]:
    return asyncio.run(replay(scripts, hooks))
