"""Types of a setting's value: each reads what the environment or a file holds, checks it, and says what is allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_ORIGIN: Final = re.compile(r"https?://[^\s/?#@]+")
_PAGE: Final = re.compile(r"https://[\w.:-]+/[!-~]*|http://127\.0\.0\.1[!-~]*")
_PATH_PART: Final = re.compile(r"[\w-]{32,200}", re.ASCII)
_SHORTEST_SECRET: Final = 32


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values that fit, for the message about a wrong one; numbers, choices and switches need none."""

    text: str
    """Ends the sentence "OZHIVI_NAME: should be …"."""


def _seconds(value: object) -> object:
    """ "24h", "90 m", "3600" → seconds; anything else is left for the check that follows."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        return float(match[1]) * _UNITS[match[2]]
    return value


def _list(value: object) -> object:
    """ "a, b" → a, b: lists in the environment are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _origin(value: str) -> str:
    bare = value.rstrip("/")
    if bare and not _ORIGIN.fullmatch(bare):
        raise ValueError
    return bare


def _pages(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or not all(_PAGE.fullmatch(one) and "#" not in one for one in value):
        raise ValueError
    return value


def _long(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(len(item.get_secret_value()) < _SHORTEST_SECRET for item in value):
        raise ValueError
    return value


def _parts_of_a_path(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not all(_PATH_PART.fullmatch(item.get_secret_value()) for item in value):
        raise ValueError
    return value


Seconds = Annotated[
    float, BeforeValidator(_seconds), Field(ge=60, le=30 * 86400), Allowed("a time from 1m to 30d, such as 90m or 24h")
]
"""A time in seconds; with a unit it may be given as "90m", "24h" or "2d"."""

Origin = Annotated[
    str, AfterValidator(_origin), Allowed("an address such as https://photo.example.ru, without a path or a password")
]
"""Scheme, host and perhaps a port, without a slash at the end; empty for none."""

Pages = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(_list),
    AfterValidator(_pages),
    Allowed("addresses that begin with https://, with a path and without a fragment (#…), separated by commas"),
]
"""Addresses of pages, at least one; in the environment separated by commas."""

SecretList = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(_list),
    AfterValidator(_long),
    Allowed("at least 32 characters each, separated by commas (openssl rand -hex 32)"),
]
"""Secrets of at least 32 characters; in the environment separated by commas."""

PathSecretList = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(_list),
    AfterValidator(_parts_of_a_path),
    Allowed("32 to 200 letters, digits, - or _ each, separated by commas (openssl rand -hex 32)"),
]
"""Secrets that are a part of an address; in the environment separated by commas."""

OptionalSecret = Annotated[
    Annotated[SecretStr, Field(min_length=_SHORTEST_SECRET)] | None, Allowed("at least 32 characters")
]
"""One secret of at least 32 characters, or none."""
