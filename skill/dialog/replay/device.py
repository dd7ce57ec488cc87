"""Device of a person: the assistant's side of a dialog, with messages as a speaker or a phone would send them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from skill.dialog.alice.schema import check_answer, check_words
from skill.dialog.codec import AnswerError
from skill.dialog.replay.answer import Answer, AnswerButton, parse_alice_answer, parse_salute_answer
from skill.dialog.replay.script import Mode
from skill.dialog.salute.schema import check_salute
from skill.dialog.types import Surface


@dataclass
class Device:
    """One person's device with Alice. Its ids are made anew for each, so that two devices never meet."""

    mode: Mode
    """Whether it has a screen, and whether somebody is signed in."""
    linking: bool = False
    """Whether it can start account linking."""
    skill: str = "00000000-0000-4000-8000-000000000000"
    """Id of the skill that its messages are for."""
    token: str = ""
    """Access token of account linking; empty where no account is linked."""
    id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    """The platform's id of the application on the device."""
    user: str = field(default_factory=lambda: secrets.token_hex(32).upper())
    """The platform's id of the person, sent where somebody is signed in."""
    session: str = field(default_factory=lambda: secrets.token_hex(16))
    """Id of the session."""
    number: int = 0
    """Number of the next message in its session."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """State that the platform keeps for the session."""

    assistant: ClassVar = "alice"
    """Name of the assistant."""

    @property
    def surface(self) -> Surface:
        """Abilities of the device."""
        return Surface(self.mode.screen, self.linking)

    def new_session(self) -> None:
        """Begin a new session; the next message starts the skill."""
        self.session, self.number, self.state = secrets.token_hex(16), 0, {}

    def utterance(self, text: str, intents: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The message of something said, or of the start of the skill where `text` is empty."""
        command = " ".join(text.lower().replace("?", " ").replace("!", " ").replace(",", " ").split())
        request = {
            "command": command,
            "original_utterance": text,
            "nlu": {"tokens": command.split(), "entities": [], "intents": dict(intents or {})},
            "markup": {"dangerous_context": False},
            "type": "SimpleUtterance",
        }
        return self._body() | {"request": request}

    def press(self, button: AnswerButton) -> dict[str, Any]:
        """The message of a tap on a button that opens no page."""
        if not button.payload:
            return self.utterance(button.title)
        nlu = {"tokens": button.title.lower().split(), "entities": [], "intents": {}}
        return self._body() | {"request": {"nlu": nlu, "payload": dict(button.payload), "type": "ButtonPressed"}}

    def linking_event(self) -> dict[str, Any]:
        """The message that the account has just been linked; nothing was said."""
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

    def receive(self, body: bytes) -> Answer:
        """The parsed answer; the session goes on to its next message."""
        answer = parse_alice_answer(body)
        self.state = answer.state
        self.number += 1
        return answer

    def check(self, body: bytes, _: Mapping[str, Any]) -> str:
        """The fault for which the assistant would not take an answer to the message `_`; "" where all is well."""
        try:
            check_answer(json.loads(body), self.surface)
            check_words(json.loads(body))
        except (AnswerError, ValueError) as error:
            return str(error)
        return ""


class SaluteDevice(Device):
    """One person's device with Sber's assistants."""

    assistant: ClassVar = "salute"

    @property
    def surface(self) -> Surface:
        return Surface(self.mode.screen)

    def utterance(self, text: str, intents: Mapping[str, Any] | None = None) -> dict[str, Any]:
        start = not text
        payload = {"intent": "run_app" if start else "ozhivi", "message": {"original_text": text or "Запусти навык"}}
        return self._message("RUN_APP" if start else "MESSAGE_TO_SKILL", payload)

    def press(self, button: AnswerButton) -> dict[str, Any]:
        if not button.payload:
            return self.utterance(button.title)
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

    def receive(self, body: bytes) -> Answer:
        self.number += 1
        return parse_salute_answer(body)

    def check(self, body: bytes, sent: Mapping[str, Any]) -> str:
        try:
            check_salute(json.loads(body), dict(sent))
        except (AnswerError, ValueError) as error:
            return str(error)
        return ""


def build_device(assistant: str, mode: Mode, *, linking: bool = False, linked: bool = False) -> Device:
    """A new device with a new person.

    Args:
        assistant: alice or salute.
        mode: whether it has a screen, and whether somebody is signed in.
        linking: whether it can start account linking.
        linked: whether an account is linked already.
    """
    device = (SaluteDevice if assistant == "salute" else Device)(mode, linking)
    if linked:
        device.token = f"token-{device.id}"
    return device
