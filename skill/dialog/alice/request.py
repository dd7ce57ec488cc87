"""Requests of Alice, parsed leniently: only what is needed is looked at, whatever is odd is left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from skill.dialog.codec import Incoming, Pseudonymizer, fingerprint, number_at, object_at, parse_object, text_at
from skill.dialog.limits import clean, clean_json, compact_json
from skill.dialog.types import Kind, Surface, Turn

PLATFORM: Final = "alice"
_KINDS: Final = {"SimpleUtterance": Kind.SAID, "ButtonPressed": Kind.PRESSED}
_ID = 256  # characters of an id that count; 64 are documented
_TOKEN = 2048
_INTENTS, _SLOTS = 32, 16  # more than a skill has


def parse_request(body: bytes, bearer: str, pseudonym: Pseudonymizer) -> Incoming:
    """The message in any bytes; without a session id there is no turn.

    Args:
        body: of the request.
        bearer: token of the Authorization header, where the message itself has none.
        pseudonym: makes our opaque keys of the platform's ids.
    """
    message = parse_object(body)
    if "session" not in message and "body" in message:
        message = object_at(message, "body")  # as Show.Pull is documented
    request, session = object_at(message, "request"), object_at(message, "session")
    ping = text_at(request, "original_utterance").lower() == "ping"
    skill, session_id = text_at(session, "skill_id", _ID), text_at(session, "session_id", _ID)
    if ping or not session_id:
        return Incoming(None, skill=skill, ping=ping)
    application = text_at(object_at(session, "application"), "application_id", _ID)
    device = application or text_at(session, "user_id", _ID) or session_id
    user = text_at(object_at(session, "user"), "user_id", _ID)
    number = number_at(session, "message_id")
    kind = _kind(message, request)
    sent = (str(number), kind, fingerprint(request)) if number is not None else (hashlib.sha256(body).hexdigest(),)
    turn = Turn(
        platform=PLATFORM,
        user=pseudonym(PLATFORM, skill, user or device),
        device=pseudonym(PLATFORM, skill, device),
        session=pseudonym(PLATFORM, skill, "session", session_id),
        number=number or 0,
        new=session.get("new") is True or (session.get("new") is not False and number == 0),
        kind=kind,
        text=_text(request),
        signed_in=bool(user),
        dangerous=object_at(request, "markup").get("dangerous_context") is True,
        surface=_surface(message),
        intents=_intents(request),
        payload=MappingProxyType(_payload(request.get("payload"))),
        state=MappingProxyType(clean_json(object_at(message, "state", "session"))),
    )
    token = text_at(object_at(session, "user"), "access_token", _TOKEN) or bearer[:_TOKEN]
    return Incoming(turn, pseudonym(PLATFORM, skill, device, session_id, *sent), skill, token)


def _kind(message: Mapping[str, Any], request: Mapping[str, Any]) -> Kind:
    if "account_linking_complete_event" in message:
        return Kind.LINKED
    kind = request.get("type")
    if not isinstance(kind, str):
        return Kind.SAID if request else Kind.OTHER
    return _KINDS.get(kind, Kind.OTHER)


def _text(request: Mapping[str, Any]) -> str:
    """The command; where there is none (a button), the tokens, or what was said."""
    if isinstance(request.get("command"), str):
        return clean(text_at(request, "command"))
    tokens = object_at(request, "nlu").get("tokens")
    if isinstance(tokens, list) and tokens:
        return clean(" ".join(token for token in tokens[:100] if isinstance(token, str))[:1024])
    return clean(text_at(request, "original_utterance").lower())


def _surface(message: Mapping[str, Any]) -> Surface:
    interfaces = object_at(message, "meta", "interfaces")  # that a name is there is the signal
    return Surface(screen="screen" in interfaces, linking="account_linking" in interfaces)


def _payload(value: object) -> dict[str, Any]:
    """An object, as documented in one place; in another it is a string: one with JSON in it, or any."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = {"value": value}
    payload: dict[str, Any] = clean_json(value) if isinstance(value, dict) else {}
    return payload


def _intents(request: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    intents = {}
    for name, intent in list(object_at(request, "nlu", "intents").items())[:_INTENTS]:
        slots = list(object_at(intent, "slots").items())[:_SLOTS]
        values = {slot: _slot(content) for slot, content in slots}
        intents[clean(name)] = MappingProxyType({clean(slot): value for slot, value in values.items() if value})
    return MappingProxyType(intents)


def _slot(slot: object) -> str:
    value = clean_json(slot.get("value")) if isinstance(slot, dict) else None
    if isinstance(value, str):
        return clean(value)[:256]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else compact_json(value)[:256]
