"""Spoils webhook bodies in the ways that bodies get spoilt."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

ODD: Sequence[Any] = (
    None, True, False, 0, -1, 2**70, 1.5, 1e300, "", " ", "null", "ping", "\ud800", "\x00\x1b", "🙂" * 40, "я" * 3000,
    [], [[]], {}, {"a": None}, [None, {"b": [1]}], "SimpleUtterance", "ButtonPressed", "Show.Pull", "2024-01-01",
    "<speaker>", {"value": {"value": {}}}, "удали фото", "да",
)  # fmt: skip
NAMES = ("request", "session", "meta", "state", "payload", "type", "nlu", "command", "new", "user", "uuid", "body", "?")


def bodies(seeds: Sequence[dict[str, Any]], random: Random, count: int) -> Iterator[bytes]:
    """`count` bodies: whole or spoilt messages, some of them spoilt as bytes."""
    for number in range(count):
        body = copy.deepcopy(random.choice(seeds))
        _renamed(body, random, number)
        for _ in range(random.choice((0, 1, 1, 2, 3, 8))):
            _spoil(body, random)
        raw = json.dumps(body, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
        yield _spoilt_bytes(raw, random) if random.random() < 0.2 else raw


def _renamed(body: dict[str, Any], random: Random, number: int) -> None:
    """Mostly a message of its own, sometimes one that has come before."""
    if random.random() < 0.8:
        if "session" in body:
            body["session"]["session_id"] = f"session-{number}"
        if "sessionId" in body:
            body["sessionId"] = f"session-{number}"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key or index) of everything in `value`."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _spoil(body: dict[str, Any], random: Random) -> None:
    places = list(_places(body))
    if not places:
        return
    container, key = random.choice(places)
    match random.randrange(6):
        case 0:
            del container[key]
        case 1 | 2:
            container[key] = copy.deepcopy(random.choice(ODD))
        case 3:
            other, name = random.choice(places)
            container[key] = copy.deepcopy(other[name]) if name in _keys(other) else None
        case 4:
            container[key] = {random.choice(NAMES): container[key]}
        case 5 if isinstance(container, dict):
            container[random.choice(NAMES)] = copy.deepcopy(random.choice(ODD))


def _keys(container: Any) -> Any:
    return container if isinstance(container, dict) else range(len(container))


def _spoilt_bytes(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw))
    match random.randrange(7):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + bytes(random.randrange(256) for _ in range(random.randrange(1, 9))) + raw[at:]
        case 2:
            return raw[:at] + raw[at + random.randrange(1, 40) :]
        case 3:
            return raw.replace(b"1", random.choice((b"1e999", b"NaN", b"9" * 4000, b"-Infinity")), 1)
        case 4:
            return b"[" * random.randrange(1, 60_000)
        case 5:
            return raw + b" " * random.choice((1, 70_000))
        case _:
            return raw.decode("utf-8", "replace").encode("utf-16")
