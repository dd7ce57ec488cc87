"""Networks by which requests are counted: what one household, one provider's customer or one company may hold."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_PREFIXES: Final = (64, 56, 48)
"""Bits of the IPv6 networks that are given to one household, from the smallest."""
_NAT64: Final = ip_network("64:ff9b::/96")
"""Addresses that hold an IPv4 address in their last 32 bits (RFC 6052)."""
UNKNOWN: Final = "unknown"
"""The network of whatever is no address: one and the same."""


def client_network(address: str) -> str:
    """The smallest network whose requests are counted together: an IPv4 address, or an IPv6 /64.

    Args:
        address: IP address of a client.

    Returns:
        The network as text; "unknown" for whatever is no address.
    """
    return client_networks(address)[0]


def client_networks(address: str) -> tuple[str, ...]:
    """The networks of a client, the smallest first: an IPv4 address, or the /64, /56 and /48 of an IPv6 address.

    Args:
        address: IP address of a client.

    Returns:
        The networks as text; ("unknown",) for whatever is no address.
    """
    parsed = parse_address(address)
    if parsed is None:
        return (UNKNOWN,)
    if isinstance(parsed, IPv4Address):
        return (str(parsed),)
    return tuple(f"{int(parsed) >> 128 - bits:x}/{bits}" for bits in _PREFIXES)


def client_household(address: str) -> str:
    """The network that one household may have: an IPv4 address, or an IPv6 /56.

    Args:
        address: IP address of a client.

    Returns:
        The network as text; "unknown" for whatever is no address.
    """
    return client_networks(address)[:2][-1]


def parse_address(address: str) -> IPv4Address | IPv6Address | None:
    """An IP address of a text, without its zone; IPv4 where an IPv6 address only wraps it. None for anything else."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv4Address):
        return parsed
    if parsed in _NAT64:
        return IPv4Address(int(parsed) & 0xFFFF_FFFF)
    return parsed.ipv4_mapped or parsed.sixtofour or parsed
