"""Free ports, for what has to know its port before it begins."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from typing import Final

PORTS: Final = range(18_000, 32_000)
"""Ports below those of outgoing connections (Linux begins at 32,768), of which another process may get one."""


def free_port() -> int:
    """A port of loopback that nobody has, of those that the system gives to nobody who asks for any."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
