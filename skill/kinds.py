"""Kinds of settings: how each is written in the environment, and where files are by default."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(value: object) -> object:
    """ "24h", "90 m", "3600" → seconds; anything else is left for the check that follows."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        return float(match[1]) * _UNITS[match[2]]
    return value


def _list(value: object) -> object:
    """ "a, b" → a, b: lists in the environment are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=60, le=30 * 86400)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_list)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list)]


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ozhivi"


def data_home() -> Path:
    """Where the service keeps its files."""
    return _home() / "service"


def gallery_home() -> Path:
    """The gallery that every command of this user shares."""
    return _home() / "gallery.db"
