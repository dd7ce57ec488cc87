"""The HTTP server of an application, for as long as a block runs."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import gaierror

from aiohttp import web

from skill.settings import WrongSettings


@asynccontextmanager
async def http_server(
    app: web.Application, host: str, port: int, *, name: str = "OZHIVI_PORT", patience: float = 1.0
) -> AsyncIterator[int]:
    """Serve an application for as long as the block runs; yields the port.

    Args:
        app: the application, not started yet.
        host: name or address of this machine.
        port: TCP port; 0 for any free one.
        name: the setting or option of the port, for the message about one that can't be had.
        patience: seconds that open answers may take at the end.

    Raises:
        WrongSettings: the port is in use or forbidden, or the host is not this machine's.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=patience)
    try:
        await runner.setup()
        await _listen(runner, host, port, name)
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, name: str) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
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
