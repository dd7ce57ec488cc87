"""An even load of turns on a webhook of Alice, by simulated users.

The loop is open: a turn is due at its time whether the ones before it are answered or not, and its latency counts from
then; so a stall is felt by all turns that were due in it (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import gc
import json
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from skill.dialog.alice.schema import check_answer
from skill.dialog.codec import AnswerError
from skill.dialog.fallback import late_texts

_UTTERANCES: Final = (
    "", "оживи фото", "как дела с фото", "готово", "пусть улыбнётся", "помощь", "что ты умеешь", "спасибо хватит",
)  # fmt: skip
_SURFACES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"screen": {}},
    {"screen": {}, "account_linking": {}},
    {"account_linking": {}},
)
_TIMEOUT: Final = 4.5  # seconds after which Alice has hung up


@dataclass(slots=True)
class TurnResult:
    """The answer to one turn."""

    due: float
    """Seconds from the first turn until this one was due."""
    latency: float
    """Seconds from when it was due to its answer."""
    error: str = ""
    """The defect of the answer; "" where it is right."""
    is_late_answer: bool = False
    """Whether it was the ready answer, given where the real one takes too long."""


@dataclass(slots=True)
class SimulatedUser:
    """Somebody who holds one conversation after the other, and hands back the state that the skill left."""

    number: int
    """The number of the user, from 0; it chooses the surface, and whether the user has an account."""
    conversation: int = 0
    """The number of the conversation, from 0."""
    turn: int = 0
    """The number of the next turn in it, from 0."""
    state: dict[str, Any] = field(default_factory=dict)
    """The state of the session, as the last answer left it."""

    def next_request(self) -> dict[str, Any]:
        """The body of the next turn's request."""
        application = f"application-{self.number}"
        session: dict[str, Any] = {
            "message_id": self.turn,
            "session_id": f"session-{self.number}-{self.conversation}",
            "skill_id": "bench",
            "user_id": application,
            "application": {"application_id": application},
            "new": self.turn == 0,
        }
        if self.number % 2:
            session["user"] = {"user_id": f"user-{self.number}"}
        text = _UTTERANCES[self.turn]
        request = {
            "command": text,
            "original_utterance": text,
            "type": "SimpleUtterance",
            "nlu": {"tokens": text.split()},
        }
        body = {
            "meta": {"locale": "ru-RU", "timezone": "UTC", "interfaces": _SURFACES[self.number % len(_SURFACES)]},
            "request": request,
            "session": session,
            "state": {"session": self.state},
            "version": "1.0",
        }
        self.turn += 1
        if self.turn == len(_UTTERANCES):
            self.turn, self.conversation, self.state = 0, self.conversation + 1, {}
        return body


async def send_turns(url: str, rate: float, seconds: float) -> list[TurnResult]:
    """Send turns at an even rate, by as many users as speak once in three seconds.

    Args:
        url: The webhook.
        rate: Turns a second.
        seconds: The length of the load.
    """
    users = [SimulatedUser(number) for number in range(max(4, round(rate * 3)))]
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(limit=0)
    results: list[TurnResult] = []
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=_TIMEOUT)) as client:
        gc.freeze()  # the collector's pauses would be read as the service's
        began = loop.time() + 0.1
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - loop.time()))
                user = users[number % len(users)]
                tasks.create_task(_send_turn(client, url, user, began, due, results))
    return results


async def _send_turn(
    client: aiohttp.ClientSession, url: str, user: SimulatedUser, began: float, due: float, results: list[TurnResult]
) -> None:
    loop = asyncio.get_running_loop()
    conversation = user.conversation
    try:
        async with client.post(url, json=user.next_request()) as response:
            status, raw = response.status, await response.read()
    except (TimeoutError, aiohttp.ClientError) as error:
        results.append(TurnResult(due - began, loop.time() - due, type(error).__name__))
        return
    result = TurnResult(due - began, loop.time() - due, "" if status == 200 else f"status {status}")
    results.append(result)
    if status == 200:
        try:
            answer = json.loads(raw)
            check_answer(answer)
        except (ValueError, AnswerError) as error:
            result.error = str(error)
            return
        result.is_late_answer = answer.get("response", {}).get("text") in late_texts()
        if user.conversation == conversation:
            user.state = answer.get("session_state", {})
