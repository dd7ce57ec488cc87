"""Addresses that requests come from: only for counting, never for a log."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import web

from skill.client_network import parse_address
from skill.rare_log import RareLines

_FORWARDED_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*"?([^";]*)', re.IGNORECASE)


class ClientAddresses:
    """Finds out the address of a request's sender.

    Args:
        behind_proxy: Whether all requests come through our own proxy, which adds the address to X-Forwarded-For, or to
            Forwarded where there is no such header.
    """

    def __init__(self, *, behind_proxy: bool = False) -> None:
        self._behind_proxy = behind_proxy
        self._lines = RareLines()

    def find(self, request: web.Request) -> str:
        """The address of a request's sender, without a port. Where the proxy does not say it, the proxy's own, and a
        warning in the log."""
        if not self._behind_proxy:
            return request.remote or ""
        listed, forwarded = _listed(request), _forwarded(request)
        if listed and forwarded and listed != forwarded:
            self._lines.warn("two_client_addresses")  # one of the headers is a stranger's: the proxy should drop it
        found = listed if listed is not None else forwarded
        if not found:
            self._lines.warn("no_client_address")
        return found or request.remote or ""


def _listed(request: web.Request) -> str | None:
    """The last address of X-Forwarded-For: proxies add to the line, or a line of their own (HAProxy). None without the
    header, empty where the last is no address."""
    lines = request.headers.getall("X-Forwarded-For", [])
    return _address(lines[-1].rpartition(",")[2]) if lines else None


def _forwarded(request: web.Request) -> str | None:
    """The same of Forwarded (RFC 7239). What stands before the last comma may be a stranger's, quotes included."""
    lines = request.headers.getall("Forwarded", [])
    if not lines:
        return None
    found = _FORWARDED_FOR.search(lines[-1].rpartition(",")[2])
    return _address(found[1]) if found else ""


def _address(node: str) -> str:
    """The address of "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or "[2001:db8::1]:80"; empty for anything else."""
    text = node.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    parsed = parse_address(text)
    return "" if parsed is None else str(parsed)
