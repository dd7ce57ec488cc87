"""Requests of Sber's assistants (SmartApp API), parsed leniently."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

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
    payload, kind = object_at(message, "payload"), text_at(message, "messageName")
    echo = _echo(message)
    if kind == "CLOSE_APP":
        return Incoming(None, silent=True, echo=echo)
    ids = _ids(message)
    if ids is None:
        return Incoming(None, echo=echo)
    number = number_at(message, "messageId")
    new = payload.get("new_session") is True
    turn = Turn(
        platform=PLATFORM,
        user=pseudonym(PLATFORM, ids.skill, ids.user or ids.device),
        device=pseudonym(PLATFORM, ids.skill, ids.device),
        session=pseudonym(PLATFORM, ids.skill, "session", ids.session),
        number=number or 0,
        new=new or kind == "RUN_APP",
        kind=_KINDS.get(kind, Kind.OTHER),
        text=_text(kind, payload, new),
        signed_in=bool(ids.user),
        surface=Surface(screen=object_at(payload, "device", "capabilities", "screen").get("available") is True),
        payload=MappingProxyType(_pressed(payload) if kind == "SERVER_ACTION" else {}),
    )
    key = pseudonym(PLATFORM, ids.skill, ids.device, ids.session, *_sent(number, kind, payload, body))
    return Incoming(turn, key, ids.skill, echo=echo)


class _Ids(NamedTuple):
    """The platform's ids of a message."""

    session: str
    """Of the session."""
    user: str
    """Of the account; empty where nobody is signed in."""
    device: str
    """Of the device, or of its user where it has none of its own."""
    skill: str
    """Of the project; empty where it is not named."""


def _ids(message: Mapping[str, Any]) -> _Ids | None:
    """The ids of a message; None where it has no session, or nobody who could be told apart from others."""
    payload, uuid = object_at(message, "payload"), object_at(message, "uuid")
    session, user = text_at(message, "sessionId", _ID), text_at(uuid, "sub", _ID)
    device_user = text_at(uuid, "userId", _ID) or str(number_at(uuid, "userId") or "")
    if not session or not (user or device_user):
        return None
    own = object_at(payload, "device")
    device = text_at(own, "deviceId", _ID) or text_at(own, "devicesId", _ID) or device_user or user
    return _Ids(session, user, device, text_at(object_at(payload, "app_info"), "projectId", _ID))


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
