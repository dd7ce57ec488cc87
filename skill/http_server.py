"""The HTTP server of an application, for as long as a block runs."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from socket import gaierror
from types import MappingProxyType
from typing import Final

from aiohttp import web

from skill.background import periodic
from skill.http_connection import ConnectionPool, watch_connection
from skill.http_limits import ConnectionLimits
from skill.settings import WrongSettings

_BACKLOG: Final = 2048
"""Connections that wait until they are accepted; so many are accepted at once."""
_SWEEP_SECONDS: Final = 1.0
"""Seconds between two looks for connections whose client is too slow."""
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


@asynccontextmanager
async def http_server(
    app: web.Application,
    host: str,
    port: int,
    *,
    name: str = "OZHIVI_PORT",
    patience: float = 1.0,
    limits: ConnectionLimits | None = None,
    headers: Mapping[str, str] = _NO_HEADERS,
) -> AsyncIterator[int]:
    """Serve an application for as long as the block runs; yields the port.

    Args:
        app: the application, not started yet.
        host: name or address of this machine.
        port: TCP port; 0 for any free one.
        name: the setting or option of the port, for the message about one that can't be had.
        patience: seconds that open answers may take at the end.
        limits: limits of the connections; None for the usual ones.
        headers: headers of an answer to a request that is none.

    Raises:
        WrongSettings: the port is in use or forbidden, or the host is not this machine's.
    """
    app.middlewares.insert(0, watch_connection)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=patience)
    try:
        await runner.setup()
        assert runner.server is not None
        pool = ConnectionPool(runner.server, limits or ConnectionLimits(), headers)
        server = await _listen(pool, host, port, name)
        try:
            async with periodic(_SWEEP_SECONDS, pool.sweep, name="connections"):
                yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _listen(pool: ConnectionPool, host: str, port: int, name: str) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(pool, host, port, backlog=_BACKLOG)
    except OSError as error:
        raise _refusal(error, host, port, name) from None


def _refusal(error: OSError, host: str, port: int, name: str) -> WrongSettings:
    if error.errno == errno.EADDRINUSE:
        return WrongSettings(f"{name}: should be a free port: something else listens on {port} of {host}")
    if error.errno == errno.EACCES:
        return WrongSettings(f"{name}: should be 1024 or more: this user may not listen on {port}")
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, gaierror):
        return WrongSettings(f"OZHIVI_HOST: should be a name or an address of this machine, which {host} is not")
    return WrongSettings(f"{name}: can't listen on {port} of {host}: {error.strerror}")
