"""What Sber's assistants send (SmartApp API), read leniently."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from skill.dialog.codec import Incoming, Pseudonymizer, number_at, parsed, part, text_at
from skill.dialog.limits import clean, clean_json
from skill.dialog.types import Kind, Surface, Turn

PLATFORM: Final = "salute"
_ID = 512  # `sub` is long
_KINDS: Final = {"MESSAGE_TO_SKILL": Kind.SAID, "RUN_APP": Kind.SAID, "SERVER_ACTION": Kind.PRESSED}
_PUNCTUATION: Final = str.maketrans(dict.fromkeys('.,!?;:«»"()', " "))


def read(body: bytes, name: Pseudonymizer) -> Incoming:
    """Any bytes; without a session or a user there is no turn. The turn's state is filled in by the codec."""
    message = parsed(body)
    payload, uuid = part(message, "payload"), part(message, "uuid")
    kind = text_at(message, "messageName")
    session = text_at(message, "sessionId", _ID)
    user = text_at(uuid, "sub", _ID)
    guest = text_at(uuid, "userId", _ID) or str(number_at(uuid, "userId") or "")
    echo = _echo(message)
    if kind == "CLOSE_APP":
        return Incoming(None, silent=True, echo=echo)
    if not session or not (user or guest):
        return Incoming(None, echo=echo)
    skill = text_at(part(payload, "app_info"), "projectId", _ID)
    own = part(payload, "device")
    device = text_at(own, "deviceId", _ID) or text_at(own, "devicesId", _ID) or guest or user
    number = number_at(message, "messageId")
    sent = str(number) if number is not None else hashlib.sha256(body).hexdigest()
    new = payload.get("new_session") is True
    turn = Turn(
        platform=PLATFORM,
        user=name(PLATFORM, skill, user or device),
        device=name(PLATFORM, skill, device),
        session=name(PLATFORM, skill, "session", session),
        number=number or 0,
        new=new or kind == "RUN_APP",
        kind=_KINDS.get(kind, Kind.OTHER),
        text=_text(kind, payload, new),
        signed_in=bool(user),
        surface=Surface(screen=part(own, "capabilities", "screen").get("available") is True),
        payload=MappingProxyType(_pressed(payload) if kind == "SERVER_ACTION" else {}),
    )
    return Incoming(turn, name(PLATFORM, skill, device, session, sent), skill, echo=echo)


def _echo(message: Mapping[str, Any]) -> dict[str, Any]:
    """The three that an answer must repeat, and the device, which the answer's form asks for."""
    device = part(message, "payload", "device")
    given = [(name, message.get(name)) for name in ("sessionId", "messageId", "uuid")]
    kinds = {"sessionId": (str,), "messageId": (int, str), "uuid": (dict,), "device": (dict,)}
    return {name: clean_json(value) for name, value in [*given, ("device", device)] if type(value) in kinds[name]}


def _text(kind: str, payload: Mapping[str, Any], new: bool) -> str:
    """As it was said, without punctuation; empty when the skill is only started («включи …» is no wish)."""
    if kind == "RUN_APP" or (new and text_at(payload, "intent") == "run_app"):
        return ""
    said = text_at(part(payload, "message"), "original_text")
    return " ".join(clean(said).lower().translate(_PUNCTUATION).split())


def _pressed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What our own button carried: `parameters` on one page, `payload` on another."""
    action = part(payload, "server_action")
    found: dict[str, Any] = clean_json(part(action, "parameters") or part(action, "payload"))
    return found
