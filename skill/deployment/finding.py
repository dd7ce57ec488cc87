"""Findings of a check, and the deployment that is checked."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

import aiohttp

from skill.settings import Settings

TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
"""Longest wait for one answer."""


class Level(StrEnum):
    """Verdict of a check."""

    GOOD = "good"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    """What it is, in a word or two."""
    level: Level
    """Whether it is as it should be, or why nothing can be said."""
    text: str
    """What was seen; no secret, no address with one."""
    mend: str = ""
    """What helps; empty where nothing has to be done."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running deployment, and what its checks ask it with."""

    address: str
    """Its address, without a slash at the end."""
    settings: Settings
    """The settings of its service."""
    client: aiohttp.ClientSession = field(repr=False)
    """Client that asks it; no cookies, no redirects are followed by a check."""
    trusted: ssl.SSLContext = field(repr=False)
    """Authorities that a platform would trust."""

    @property
    def parts(self) -> SplitResult:
        """The parts of the address."""
        return urlsplit(self.address)

    @property
    def secure(self) -> bool:
        """Whether it is reached by TLS."""
        return self.parts.scheme == "https"

    @property
    def port(self) -> int:
        """Its TCP port."""
        return self.parts.port or (443 if self.secure else 80)

    @property
    def is_local(self) -> bool:
        """Whether it is asked on this machine, without its proxy."""
        return not self.secure and self.parts.hostname in {"127.0.0.1", "::1", "localhost"}


Check = Callable[[Deployment], AsyncIterator[Finding]]
"""Looks at one side of a deployment. Raises aiohttp.ClientError, OSError, TimeoutError where it does not answer."""


def good(name: str, text: str) -> Finding:
    """A finding that all is well."""
    return Finding(name, Level.GOOD, text)


def bad(name: str, text: str, mend: str) -> Finding:
    """A finding of something to be mended."""
    return Finding(name, Level.BAD, text, mend)


def skipped(name: str, text: str) -> Finding:
    """A finding that nothing could or had to be looked at."""
    return Finding(name, Level.SKIPPED, text)
