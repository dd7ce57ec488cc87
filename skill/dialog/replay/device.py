"""The assistant's side of a dialog: messages as a speaker or a phone would send them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skill.dialog.alice.schema import check_answer, check_words
from skill.dialog.codec import AnswerError
from skill.dialog.replay.answer import Heard, Pressable, of_alice, of_salute
from skill.dialog.replay.script import Mode
from skill.dialog.salute.schema import check_salute
from skill.dialog.types import Surface


@dataclass
class Device:
    """One person's device. Its ids are made anew for each, so that two devices never meet. `skill`: whose messages
    they are. `token`: of account linking."""

    mode: Mode
    linking: bool = False
    skill: str = "00000000-0000-4000-8000-000000000000"
    token: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    user: str = field(default_factory=lambda: secrets.token_hex(32).upper())
    session: str = field(default_factory=lambda: secrets.token_hex(16))
    number: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)

    assistant = "alice"

    @property
    def surface(self) -> Surface:
        return Surface(self.mode.screen, self.linking)

    def new_session(self) -> None:
        self.session, self.number, self.state = secrets.token_hex(16), 0, {}

    def said(self, text: str, intents: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Something said, or the start of the skill where `text` is empty."""
        command = " ".join(text.lower().replace("?", " ").replace("!", " ").replace(",", " ").split())
        request = {
            "command": command,
            "original_utterance": text,
            "nlu": {"tokens": command.split(), "entities": [], "intents": dict(intents or {})},
            "markup": {"dangerous_context": False},
            "type": "SimpleUtterance",
        }
        return self._body() | {"request": request}

    def pressed(self, button: Pressable) -> dict[str, Any]:
        """A tap on a button that opens no page."""
        if not button.payload:
            return self.said(button.title)
        nlu = {"tokens": button.title.lower().split(), "entities": [], "intents": {}}
        return self._body() | {"request": {"nlu": nlu, "payload": dict(button.payload), "type": "ButtonPressed"}}

    def linked(self) -> dict[str, Any]:
        """The account has just been linked; nothing was said."""
        body = self._body()
        del body["meta"]
        return body | {"account_linking_complete_event": {}}

    def _body(self) -> dict[str, Any]:
        interfaces: dict[str, Any] = {"screen": {}} if self.mode.screen else {}
        if self.linking:
            interfaces["account_linking"] = {}
        session: dict[str, Any] = {
            "message_id": self.number,
            "session_id": self.session,
            "skill_id": self.skill,
            "user_id": self.id,
            "application": {"application_id": self.id},
            "new": self.number == 0,
        }
        if self.mode.signed_in:
            session["user"] = {"user_id": self.user}
        if self.token:
            session.setdefault("user", {"user_id": self.user})["access_token"] = self.token
        return {
            "meta": {"locale": "ru-RU", "timezone": "Europe/Moscow", "client_id": "ozhivi", "interfaces": interfaces},
            "session": session,
            "state": {"session": dict(self.state), "user": {}, "application": {}},
            "version": "1.0",
        }

    def hears(self, body: bytes) -> Heard:
        """The answer's meaning; the next message is the next one."""
        heard = of_alice(body)
        self.state = heard.state
        self.number += 1
        return heard

    def check(self, body: bytes, _: Mapping[str, Any]) -> str:
        """What the assistant would not take about an answer, "" where all is well."""
        try:
            check_answer(json.loads(body), self.surface)
            check_words(json.loads(body))
        except (AnswerError, ValueError) as error:
            return str(error)
        return ""


class SaluteDevice(Device):
    """Sber's assistants."""

    assistant = "salute"

    @property
    def surface(self) -> Surface:
        return Surface(self.mode.screen)

    def said(self, text: str, intents: Mapping[str, Any] | None = None) -> dict[str, Any]:
        start = not text
        payload = {"intent": "run_app" if start else "ozhivi", "message": {"original_text": text or "Запусти навык"}}
        return self._message("RUN_APP" if start else "MESSAGE_TO_SKILL", payload)

    def pressed(self, button: Pressable) -> dict[str, Any]:
        if not button.payload:
            return self.said(button.title)
        action = {"action_id": "pressed", "parameters": dict(button.payload)}
        return self._message("SERVER_ACTION", {"server_action": action})

    def _message(self, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        uuid = {"userChannel": "B2C", "userId": self.id}
        if self.mode.signed_in:
            uuid["sub"] = self.user
        device = {
            "platformType": "ANDROID",
            "surface": "COMPANION" if self.mode.screen else "SBERBOOM",
            "deviceId": self.id,
            "capabilities": {"screen": {"available": self.mode.screen}, "speak": {"available": True}},
        }
        common = {"app_info": {"projectId": self.skill}, "device": device, "new_session": self.number == 0}
        return {
            "sessionId": self.session,
            "messageId": self.number,
            "uuid": uuid,
            "messageName": name,
            "payload": common | dict(payload),
        }

    def hears(self, body: bytes) -> Heard:
        self.number += 1
        return of_salute(body)

    def check(self, body: bytes, sent: Mapping[str, Any]) -> str:
        try:
            check_salute(json.loads(body), dict(sent))
        except (AnswerError, ValueError) as error:
            return str(error)
        return ""


def device(assistant: str, mode: Mode, *, linking: bool = False, linked: bool = False) -> Device:
    kind = SaluteDevice if assistant == "salute" else Device
    made = kind(mode, linking)
    if linked:
        made.token = f"token-{made.id}"
    return made
