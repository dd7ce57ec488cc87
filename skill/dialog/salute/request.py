"""Requests of Sber's assistants (SmartApp API), parsed leniently."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from skill.dialog.codec import Incoming, Pseudonymizer, fingerprint, number_at, object_at, parse_object, text_at
from skill.dialog.limits import clean, clean_json
from skill.dialog.types import Kind, Surface, Turn

PLATFORM: Final = "salute"
_ID = 512  # `sub` is long
_KINDS: Final = {"MESSAGE_TO_SKILL": Kind.SAID, "RUN_APP": Kind.SAID, "SERVER_ACTION": Kind.PRESSED}
_CONTENT: Final = ("intent", "new_session", "message", "server_action", "rating")  # of the payload, what happened
_PUNCTUATION: Final = str.maketrans(dict.fromkeys('.,!?;:«»"()', " "))


def parse_request(body: bytes, pseudonym: Pseudonymizer) -> Incoming:
    """The message in any bytes; without a session or a user there is no turn. The turn's state is filled in by the
    codec.

    Args:
        body: of the request.
        pseudonym: makes our opaque keys of the platform's ids.
    """
    message = parse_object(body)
    payload, uuid = object_at(message, "payload"), object_at(message, "uuid")
    kind = text_at(message, "messageName")
    session = text_at(message, "sessionId", _ID)
    user = text_at(uuid, "sub", _ID)
    device_user = text_at(uuid, "userId", _ID) or str(number_at(uuid, "userId") or "")
    echo = _echo(message)
    if kind == "CLOSE_APP":
        return Incoming(None, silent=True, echo=echo)
    if not session or not (user or device_user):
        return Incoming(None, echo=echo)
    skill = text_at(object_at(payload, "app_info"), "projectId", _ID)
    own = object_at(payload, "device")
    device = text_at(own, "deviceId", _ID) or text_at(own, "devicesId", _ID) or device_user or user
    number = number_at(message, "messageId")
    new = payload.get("new_session") is True
    turn = Turn(
        platform=PLATFORM,
        user=pseudonym(PLATFORM, skill, user or device),
        device=pseudonym(PLATFORM, skill, device),
        session=pseudonym(PLATFORM, skill, "session", session),
        number=number or 0,
        new=new or kind == "RUN_APP",
        kind=_KINDS.get(kind, Kind.OTHER),
        text=_text(kind, payload, new),
        signed_in=bool(user),
        surface=Surface(screen=object_at(own, "capabilities", "screen").get("available") is True),
        payload=MappingProxyType(_pressed(payload) if kind == "SERVER_ACTION" else {}),
    )
    return Incoming(
        turn, pseudonym(PLATFORM, skill, device, session, *_sent(number, kind, payload, body)), skill, echo=echo
    )


def _sent(number: int | None, kind: str, payload: Mapping[str, Any], body: bytes) -> tuple[str, ...]:
    """The parts of the idempotency key that tell two messages of a session apart."""
    if number is None:
        return (hashlib.sha256(body).hexdigest(),)
    return str(number), kind, fingerprint({name: payload.get(name) for name in _CONTENT})


def _echo(message: Mapping[str, Any]) -> dict[str, Any]:
    """The three that an answer must repeat, and the device, which the answer's form asks for."""
    device = object_at(message, "payload", "device")
    fields = [(name, message.get(name)) for name in ("sessionId", "messageId", "uuid")]
    kinds = {"sessionId": (str,), "messageId": (int, str), "uuid": (dict,), "device": (dict,)}
    return {name: clean_json(value) for name, value in [*fields, ("device", device)] if type(value) in kinds[name]}


def _text(kind: str, payload: Mapping[str, Any], new: bool) -> str:
    """The words as they were said, without punctuation; empty at a start of the skill («включи …» is no wish)."""
    if kind == "RUN_APP" or (new and text_at(payload, "intent") == "run_app"):
        return ""
    words = text_at(object_at(payload, "message"), "original_text")
    return " ".join(clean(words).lower().translate(_PUNCTUATION).split())


def _pressed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of our own button: `parameters` on one page of the documentation, `payload` on another."""
    action = object_at(payload, "server_action")
    carried: dict[str, Any] = clean_json(object_at(action, "parameters") or object_at(action, "payload"))
    return carried
