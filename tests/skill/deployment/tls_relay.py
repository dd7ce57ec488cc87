"""TLS in front of a service, with a certificate of its own, as a proxy has it that does nothing else."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest


def certificate(folder: Path, *, days: int = 90, name: str = "localhost") -> Path:
    """A certificate with its key in one file; skips the test where there is no openssl."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl, which makes a certificate: apt-get install openssl")
    key, own, both = folder / "key.pem", folder / "own.pem", folder / "both.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days)]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    command = [program, "req", *kind, *names, "-keyout", str(key), "-out", str(own)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(own.read_text() + key.read_text())
    return both


@asynccontextmanager
async def relaying(file: Path, port: int, upstream: str) -> AsyncIterator[None]:
    """Connections with TLS to `port` of localhost go on to the service at the address `upstream`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    host, _, to = upstream.removeprefix("http://").partition(":")

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(host, int(to))
        with suppress(asyncio.CancelledError):  # the test is over
            await asyncio.gather(copy(reader, outer), copy(inner, writer))

    server = await asyncio.start_server(relay, "localhost", port, ssl=context)
    try:
        yield
    finally:
        server.close()
