"""Keys of stored objects: unguessable, and telling nothing but when the object ends and what type of file it is.

`d1-1795444800000-0f3c…(32 hex digits).mp4`: at most one day, the end in milliseconds since 1970, 128 random bits, the
type. The first part is what a bucket's lifecycle rule matches; the second lets a sweep work from a listing alone, in
order of time.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skill.clock import steady_time
from skill.media.store import MediaMissingError

DAY = 86_400
# upper bounds, in days, of the time that an object is kept; the bucket has one lifecycle rule for each
KEPT_DAYS = (1, 2, 7, 30, 365)

# Only these are ever served under their own type; anything else is `bin`, which no browser runs or shows.
_UNKNOWN = "bin"
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "avif": "image/avif",
        _UNKNOWN: "application/octet-stream",
        "bmp": "image/bmp",
        "gif": "image/gif",
        "heic": "image/heic",
        "heif": "image/heif",
        "jpg": "image/jpeg",
        "json": "application/json",
        "mp4": "video/mp4",
        "png": "image/png",
        "tif": "image/tiff",
        "webm": "video/webm",
        "webp": "image/webp",
    }
)
_SUFFIXES = {content_type: suffix for suffix, content_type in _TYPES.items()}
_KEY = re.compile(rf"d(?:{'|'.join(map(str, KEPT_DAYS))})-([0-9]{{13}})-[0-9a-f]{{32}}\.({'|'.join(_TYPES)})")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The facts that a key carries."""

    expires: float
    """Seconds since 1970: when the object ends."""
    content_type: str
    """Type under which the object is served."""


def new_key(content_type: str, seconds: float) -> str:
    """A new key for an object.

    Args:
        content_type: of the object.
        seconds: from now until it ends.

    Raises:
        ValueError: `seconds` isn't above 0 and at most a year.
    """
    days = next((longest for longest in KEPT_DAYS if 0 < seconds <= longest * DAY), None)
    if days is None:
        raise ValueError(f"an object is kept for more than 0 and at most {KEPT_DAYS[-1] * DAY} seconds, not {seconds}")
    ends = round((steady_time() + seconds) * 1000)
    return f"d{days}-{ends:013d}-{secrets.token_hex(16)}.{_SUFFIXES[served_type(content_type)]}"


def served_type(content_type: str) -> str:
    """The type under which an object is served: its own when it is one of ours, else that of unknown bytes."""
    bare = content_type.partition(";")[0].strip().lower()
    return bare if bare in _SUFFIXES else _TYPES[_UNKNOWN]


def parse_key(key: str) -> KeyFacts | None:
    """The facts of a key; None when it is no key."""
    match = _KEY.fullmatch(key)
    return KeyFacts(int(match[1]) / 1000, _TYPES[match[2]]) if match else None


def parse_live_key(key: str) -> KeyFacts:
    """The facts of a key. Raises MediaMissingError when it is no key or its object is past its time."""
    facts = parse_key(key)
    if facts is None or facts.expires <= steady_time():
        raise MediaMissingError("there is no such object, or no longer")
    return facts


def is_expired(key: str) -> bool:
    """Whether this is a key, and its object past its time."""
    facts = parse_key(key)
    return facts is not None and facts.expires <= steady_time()
