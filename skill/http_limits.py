"""Limits of the HTTP server's connections."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import Final

_OWN_FILES: Final = 256
"""Files and sockets that the service opens beside connections."""
_WANTED_FILES: Final = 8192
"""Files that the service would like to be able to open."""
_FEWEST: Final = 64
"""Connections that there may be, however few files may be open."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Limits of a server's connections."""

    head_seconds: float = 10.0
    """Seconds from a new connection, or from the first byte of a later request, to the end of the request's head."""
    head_bytes: int = 32 * 2**10
    """Bytes of a request's head."""
    body_pace: float = 512.0
    """Bytes a second of a body, on average: half of what the slowest 2G has (GPRS with CS-1 in one slot, 8 kbit/s). A
    photo of 3 MB takes 20 minutes over the usual GPRS (20 kbit/s), and comes in."""
    body_pause: float = 30.0
    """Seconds without a byte of a body: a phone that goes from one cell to another needs some."""
    body_seconds: float = 1800.0
    """Seconds of a body in all; a ticket waits for a photo that began to come in its time."""
    rest_seconds: float = 10.0
    """Seconds in which a client may send the rest of a body that was answered already."""
    idle_seconds: float = 75.0
    """Seconds from an answer to the next request."""
    unread_seconds: float = 60.0
    """Seconds in which a client takes nothing of an answer."""
    network: int = 512
    """Connections of one network (an IPv4 address, or an IPv6 /64) at a time."""
    total: int = 4096
    """Connections at a time."""


def connection_limits(*, behind_proxy: bool = False) -> ConnectionLimits:
    """Limits that fit the number of files which this process may open.

    Args:
        behind_proxy: Whether all connections are those of our own proxy: then no network has a limit of its own, and
            idle ones are kept for longer than proxies keep them.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = soft if soft != resource.RLIM_INFINITY else _WANTED_FILES
    total = max(_FEWEST, min(ConnectionLimits().total, files - _OWN_FILES))
    if behind_proxy:
        return ConnectionLimits(network=total, total=total, idle_seconds=600.0)
    return ConnectionLimits(network=min(ConnectionLimits().network, total // 4), total=total)


def raise_file_limit() -> None:
    """Let this process open more files, as far as the system lets it: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(_WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
