"""A wish as JSON and back: one text for one wish, so that equal wishes are equal texts."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from pipeline.run import Wish

_DEFAULTS: dict[str, Any] = asdict(Wish())
_TYPES: dict[str, tuple[type, ...]] = {
    field.name: (str, type(None)) if field.name == "face" else (type(_DEFAULTS[field.name]),) for field in fields(Wish)
}


def dump_wish(wish: Wish) -> str:
    """The wish as canonical JSON: sorted, no spaces, seconds always with a point."""
    values = asdict(wish) | {"seconds": float(wish.seconds)}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_wish(text: str) -> Wish:
    """The wish of `dump_wish`. A field that is not there has its default, one of a later version is passed over; a
    value of a wrong type raises ValueError."""
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError("a wish is a JSON object")
    values = {name: _value(name, read[name]) for name in _TYPES if name in read}
    return Wish(**values)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) not in _TYPES[name]:
        raise ValueError(f"{name!r} of a wish can't be {type(value).__name__}")
    return value
