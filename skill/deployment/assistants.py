"""Checks of the webhooks: messages as each assistant sends them, answered in time and as its format says."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final

from skill.deployment.finding import Deployment, Finding, bad, good
from skill.dialog.limits import compact_json
from skill.dialog.replay.device import Device, build_device
from skill.dialog.replay.script import Mode
from skill.secrets import path_secrets

_IN_TIME: Final = 3.0  # seconds until an assistant gives an answer up, with a reserve: Alice waits 4.5 s, Salute 7 s
_SAID: Final = ("", "что ты умеешь", "помощь")  # a start, and questions that begin nothing
_ASSISTANTS: Final = ("alice", "salute")


async def check_webhooks(deployment: Deployment) -> AsyncIterator[Finding]:
    """Each assistant's messages are answered; a wrong secret opens nothing."""
    for assistant in _ASSISTANTS:
        yield await _judge_answers(deployment, build_device(assistant, Mode(screen=True, signed_in=False)))
    yield await _judge_wrong_secret(deployment)


async def _judge_answers(deployment: Deployment, device: Device) -> Finding:
    name = f"webhook {device.assistant}"
    (secret, *_) = path_secrets(deployment.settings, device.assistant)
    if device.assistant == "alice" and deployment.settings.alice_skill_id:
        device.skill = deployment.settings.alice_skill_id
    longest = 0.0
    for words in _SAID:
        message = device.utterance(words)
        began = time.monotonic()
        status, body = await _post(deployment, f"/{device.assistant}/{secret}", message)
        longest = max(longest, time.monotonic() - began)
        if status == HTTPStatus.NOT_FOUND:
            mend = "run this with the service's own settings; the console needs the address of `ozhivi alice-url`"
            return bad(name, "404: another secret, or the proxy does not let it through", mend)
        if status != HTTPStatus.OK:
            return bad(name, f"answers {status}", "the log of the service, then that of the proxy: who answers so?")
        if fault := device.check(body, message):
            return bad(name, f"an answer that the assistant would not take: {fault}", "does the proxy change bodies?")
        device.receive(body)
    if longest > _IN_TIME:
        mend = "the assistant has given up by then: the machine's load, the disk, the way between"
        return bad(name, f"the longest answer took {longest:.1f} s", mend)
    return good(name, f"{len(_SAID)} messages, the longest answer took {longest * 1000:.0f} ms")


async def _judge_wrong_secret(deployment: Deployment) -> Finding:
    message = build_device("alice", Mode(screen=True, signed_in=False)).utterance("")
    status, _ = await _post(deployment, f"/alice/{secrets.token_hex(16)}", message)
    if status == HTTPStatus.NOT_FOUND:
        return good("wrong secret", "opens nothing")
    return bad("wrong secret", f"answers {status}, 404 is right", "who answers there? not our service")


async def _post(deployment: Deployment, path: str, message: dict[str, Any]) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"}
    body = compact_json(message).encode()
    async with deployment.client.post(
        deployment.address + path, data=body, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status, await answer.read()
