"""Who counts as one where wrong codes are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def household(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 household has."""
    try:
        parsed = ip_address(address.split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else f"{int(parsed) >> 64:x}/64"
    return str(parsed)
