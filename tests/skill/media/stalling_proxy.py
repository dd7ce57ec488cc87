"""A TCP proxy that can be frozen: it goes on taking connections and bytes, and passes nothing on until it thaws."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress


class StallingProxy:
    """Stands before a server; what clients sent while it was frozen arrives afterwards, also of those who left."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._flows = asyncio.Event()
        self._flows.set()
        self.address = ""
        """Its address, "http://127.0.0.1:PORT"."""
        self._tasks: set[asyncio.Task[None]] = set()

    def freeze(self) -> None:
        """Pass nothing on from now on."""
        self._flows.clear()

    def thaw(self) -> None:
        """Pass everything on that came meanwhile, and what comes."""
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there_reader, there_writer = await asyncio.open_connection(self._host, self._port)
        with closing(writer), closing(there_writer):
            await asyncio.gather(self._pass_on(reader, there_writer), self._pass_on(there_reader, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way. Its end is passed on as such and the other way stays open: a server whose connection is closed in
        the middle of a request may drop it."""
        with suppress(OSError):
            while data := await reader.read(2**16):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
            await self._flows.wait()
            writer.write_eof()


@asynccontextmanager
async def stalling_proxy(host: str, port: int) -> AsyncIterator[StallingProxy]:
    """A proxy before a server for the block."""
    proxy = StallingProxy(host, port)
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0, limit=2**26)
    proxy.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        proxy.thaw()
        server.close()
        for task in proxy._tasks:
            task.cancel()
        await asyncio.gather(*proxy._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the connections' own end
