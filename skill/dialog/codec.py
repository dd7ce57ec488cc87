"""Codec of an assistant: a message in any shape becomes a Turn, a Reply becomes bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from skill.dialog.limits import clean_json, compact_json
from skill.dialog.types import Reply, Turn

_NAME_LENGTH = 22  # 128 bit in base64


class AnswerError(ValueError):
    """An answer that the platform would not take; the message says which part, and holds nothing of the answer."""


class Pseudonymizer:
    """Pseudonyms for the ids of a platform: who reads our files or log can't tell who is meant.

    Args:
        secret: of the service; another one makes everybody a stranger.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"ozhivi dialog names", "sha256")

    def __call__(self, *parts: str) -> str:
        """HMAC-SHA256 of the parts, 128 bit of it in base64url."""
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(hmac.digest(self._key, text, "sha256")).decode()[:_NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One decoded message."""

    turn: Turn | None
    """The turn; None where the message does not say whose it is: nothing can be done but ask again."""
    key: str = ""
    """Idempotency key: the same for the same message sent twice, an opaque name. It holds the message's number, kind
    and body: a platform that counts an event as no message of its own may give two of them the same number."""
    skill: str = ""
    """The platform's id of the skill that is meant."""
    token: str = field(default="", repr=False)
    """Access token of account linking; empty without one."""
    ping: bool = False
    """Whether it is a health check."""
    silent: bool = False
    """Whether no answer is wanted."""
    echo: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Fields of the message that the answer has to repeat."""


class Assistant(Protocol):
    """The codec of one assistant."""

    @property
    def name(self) -> str:
        """Name of the assistant, in the webhook's path and in metrics."""
        ...

    def decode(self, body: bytes, bearer: str = "") -> Incoming:
        """The message in any bytes at all; what can't be understood is left out. Never raises.

        Args:
            body: of the request.
            bearer: token of the Authorization header; empty without one.
        """
        ...

    def encode(self, incoming: Incoming, reply: Reply) -> bytes:
        """The body of an answer that the platform takes, whatever the reply is. Raises AnswerError in development
        only."""
        ...


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, UTF-8 with or without a byte order mark, or an empty one."""
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def object_at(value: object, *names: str) -> dict[str, Any]:
    """The object at a path, or an empty one."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text_at(value: Mapping[str, Any], name: str, limit: int = 1024) -> str:
    """The string there, at most `limit` characters of it, or an empty one."""
    text = value.get(name)
    return text[:limit].strip() if isinstance(text, str) else ""


def number_at(value: Mapping[str, Any], name: str) -> int | None:
    """The whole number there, 0 … 2⁵³, also as 3.0 or "3"; else None."""
    number = value.get(name)
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 17:
        number = int(number)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**53 else None


def fingerprint(value: object) -> str:
    """SHA-256 of a JSON value in hex, whatever the order of its fields."""
    return hashlib.sha256(compact_json(_sorted(clean_json(value))).encode()).hexdigest()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def refuse_nulls(value: object, place: str = "", *, allowed: str = "") -> None:
    """Raise AnswerError for a null anywhere but below the field `allowed`."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name != allowed:
                refuse_nulls(one, f"{place}.{name}".lstrip("."), allowed=allowed)
    elif isinstance(value, list):
        for one in value:
            refuse_nulls(one, place, allowed=allowed)
    elif value is None:
        raise AnswerError(f"{place}: null")
