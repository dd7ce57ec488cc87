"""Player of scripts: a script in one mode, over a service rig or at a running server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from skill.dialog.limits import compact_json
from skill.dialog.replay.answer import Answer
from skill.dialog.replay.compare import Difference, compare, mask_codes
from skill.dialog.replay.device import Device, build_device
from skill.dialog.replay.events import RigUser
from skill.dialog.replay.remote import NotFromAfarError, RemoteService, RemoteUser, Server
from skill.dialog.replay.script import (
    EventStep,
    Expectation,
    Mode,
    Script,
    ScriptError,
    TurnStep,
    count_turns,
    matches_mode,
    read_script,
)
from skill.dialog.replay.service_rig import ServiceRig, open_service_rig

_BROKEN_LINE: Final = (aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True, slots=True)
class TurnMismatch:
    """A turn that went otherwise than its script wants."""

    number: int
    """Number of the turn in its script, from 1."""
    said: str
    """The turn in words, for people."""
    answer: str
    """The text of the last answer that could be read, for people."""
    differences: tuple[Difference, ...]
    """What is otherwise, at least one."""


@dataclass(frozen=True, slots=True)
class PlayResult:
    """One script, played in one mode."""

    path: Path
    """File of the script."""
    name: str
    """Name of the script; its file's where it can't be read."""
    mode: Mode | None = None
    """Device and person that it was played with; None where it can't be read."""
    turns: int = 0
    """Number of turns that were played."""
    mismatches: tuple[TurnMismatch, ...] = ()
    """Turns that went otherwise."""
    skipped: int = 0
    """Number of turns that were not played, because an event before them can't be brought about."""
    reason: str = ""
    """The event and why it can't be brought about; empty where all turns were played."""
    error: str = ""
    """Why the script can't be read or is impossible in itself; empty for a good one."""


Target = ServiceRig | RemoteService


@dataclass
class _Player:
    """The turns of one script."""

    target: Target
    """The service that is played with."""
    device: Device
    """Device that sends the turns."""
    user: RigUser | RemoteUser
    """The device's person."""
    answer: Answer = field(default_factory=Answer)
    """The last answer that could be read."""
    code: str = ""
    """The last code that was told."""

    async def play_turn(self, step: TurnStep) -> list[Difference]:
        """Send the turn and compare its answer."""
        message = self._message(step)
        body = step.raw.encode() if step.raw is not None else compact_json(message).encode()
        if isinstance(self.target, ServiceRig):
            self.target.log.clear()
        expect, began = self.user.adapt(step.expected(self.device.mode)), time.perf_counter()
        try:
            status, answer = await self.target.post(self.device.assistant, body)
        except _BROKEN_LINE as error:
            return [Difference("connection", "an answer", type(error).__name__)]
        seconds = time.perf_counter() - began
        found = self._check_whole(expect, status, answer, message)
        if step.twice and (await self.target.post(self.device.assistant, body))[1] != answer:
            found.append(Difference("twice", "the same bytes again", "others"))
        if found or status != 200 or not answer:
            return found
        self.answer = self.device.receive(answer)
        self.code = self.answer.code or self.code
        self.user.receive(self.answer)
        decided = self.target.decided() if isinstance(self.target, ServiceRig) else None
        found = compare(expect, self.answer, screen=self.device.mode.screen, decided=decided, seconds=seconds)
        return found + await self._check_service(expect)

    def _check_whole(
        self, expect: Expectation, status: int, answer: bytes, message: Mapping[str, Any]
    ) -> list[Difference]:
        """Differences that make it useless to look any further."""
        if status != (204 if expect.silent else expect.status):
            return [Difference("status", str(204 if expect.silent else expect.status), str(status))]
        if status != 200:
            return []
        fault = self.device.check(answer, message)
        return [Difference("valid", "an answer that the assistant takes", fault)] if fault else []

    async def _check_service(self, expect: Expectation) -> list[Difference]:
        """Differences in the person's jobs and in the service's log, where they can be seen."""
        if not (isinstance(self.user, RigUser) and isinstance(self.target, ServiceRig)):
            return []
        found = [Difference("log", "no error", trouble) for trouble in self.target.troubles()]
        if expect.jobs is None and expect.wish is None:
            return found
        jobs = await self.user.jobs()
        if expect.jobs is not None and len(jobs) != expect.jobs:
            found.append(Difference("jobs", str(expect.jobs), str(len(jobs))))
        wish = {name: _plain(getattr(jobs[0].wish, name, None)) for name in expect.wish or {}} if jobs else None
        if expect.wish is not None and wish != expect.wish:
            found.append(Difference("wish", compact_json(expect.wish), compact_json(wish) if wish else "no job"))
        return found

    def _message(self, step: TurnStep) -> dict[str, Any]:
        if step.link:
            self.device.token = self.device.token or f"token-{self.device.id}"
            message = self.device.linking_event()
        elif step.press is not None:
            message = self._press(step.press)
        else:
            message = self.device.utterance(self._fill(step.say or ""), step.intents)
        return merge_patch(message, step.body)

    def _press(self, meaning: str) -> dict[str, Any]:
        for button in self.answer.buttons:
            if meaning in (button.title, button.meaning) and not button.url:
                return self.device.press(button)
        shown = ", ".join(f"{button.title} ({button.meaning})" for button in self.answer.buttons)
        raise ScriptError(f"there is no button {meaning!r} to press, only {shown or 'none at all'}")

    def _fill(self, text: str) -> str:
        """The words with what was heard before: {code}, its last two {digits}, other two that are {wrong}."""
        code = self.user.code or self.code
        digits = code[-2:] or "00"
        wrong = f"{(int(digits) + 11) % 90 + 10:02}"
        values = {"{code}": code, "{digits}": " ".join(digits), "{wrong}": wrong if wrong != digits else "99"}
        for name, value in values.items():
            text = text.replace(name, value)
        return text


async def play(path: Path, script: Script, mode: Mode, target: Target) -> PlayResult:
    """One script in one mode; it ends where an event can't be brought about at the target.

    Args:
        path: file of the script, for the report.
        script: turns and events.
        mode: device and person.
        target: the service.

    Raises:
        ScriptError: the script is impossible in itself.
    """
    device = build_device(script.assistant, mode, linking=script.linking, linked=script.linked)
    user = RigUser(target, device) if isinstance(target, ServiceRig) else RemoteUser(target, device)
    player = _Player(target, device, user)
    mismatches: list[TurnMismatch] = []
    turns, reason = 0, ""
    try:
        for step in script.steps:
            if not matches_mode(mode, step.only):
                continue
            if isinstance(step, EventStep):
                if reason := await _event_trouble(step, user):
                    break
                continue
            turns += 1
            if differences := await player.play_turn(step):
                text = mask_codes(player.answer.text)
                mismatches.append(TurnMismatch(turns, step.title, text, tuple(differences)))
    except ScriptError as error:
        raise ScriptError(f"{path.name} ({mode.name}), after turn {turns}: {error}") from None
    finally:
        with suppress(NotFromAfarError, *_BROKEN_LINE):
            await user.clean_up()
    skipped = count_turns(script, mode) - turns
    return PlayResult(path, script.name, mode, turns, tuple(mismatches), skipped, reason if skipped else "")


async def _event_trouble(step: EventStep, user: RigUser | RemoteUser) -> str:
    """The event and why it could not be brought about; empty where it was. Raises ScriptError."""
    try:
        await user.apply(step)
    except NotFromAfarError as error:
        return f"«{step.do}»: {error}"
    except _BROKEN_LINE as error:
        return f"«{step.do}»: {type(error).__name__}"
    return ""


async def play_all(scripts: Sequence[tuple[Path, Script]], target: Target) -> list[PlayResult]:
    """All scripts in all their modes, one after the other: in the rig they share the clock. A script that is impossible
    in itself is a result with an error."""
    results = []
    for path, script in scripts:
        for mode in script.played_modes():
            try:
                results.append(await play(path, script, mode, target))
            except ScriptError as error:
                results.append(PlayResult(path, script.name, mode, error=str(error)))
                break  # in the other modes it is no better
    return results


def merge_patch(message: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The message after a JSON merge patch: objects are merged, null takes a field away."""
    for name, value in change.items():
        if value is None:
            message.pop(name, None)
        elif isinstance(value, dict) and isinstance(message.get(name), dict):
            message[name] = merge_patch(dict(message[name]), value)
        else:
            message[name] = value
    return message


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


async def replay(scripts: Sequence[tuple[Path, Script]], server: Server | None = None) -> list[PlayResult]:
    """Play scripts over a rig, or at a running server.

    Args:
        scripts: files and what is in them.
        server: to be played with; None: a rig is opened.
    """
    if server is None:
        async with open_service_rig() as rig:
            return await play_all(scripts, rig)
    async with aiohttp.ClientSession() as client:
        return await play_all(scripts, RemoteService(client, server))


def replay_files(paths: Sequence[Path], server: Server | None = None) -> list[PlayResult]:
    """Play the scripts in files, in an event loop of its own; a file that is no script is a result with an error.

    Args:
        paths: of the files.
        server: to be played with; None: a rig is opened.
    """
    scripts, unreadable = [], []
    for path in paths:
        try:
            scripts.append((path, read_script(path)))
        except (ScriptError, OSError) as error:
            unreadable.append(PlayResult(path, path.name, error=str(error)))
    return [*unreadable, *(asyncio.run(replay(scripts, server)) if scripts else ())]
