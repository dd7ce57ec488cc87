"""Connections of the HTTP server: each client has a deadline for whatever it has to do next, and no network has all."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Mapping
from enum import Enum, auto
from http import HTTPStatus
from math import inf
from typing import Final, cast

from aiohttp import StreamReader, hdrs, web
from aiohttp.typedefs import Handler

from skill.client_network import client_network
from skill.http_limits import ConnectionLimits
from skill.rare_log import RareLines

_END_OF_HEAD: Final = b"\r\n\r\n"
_READ_AHEAD: Final = 64 * 2**10
"""Bytes of a body that wait in memory until a handler asks for them."""
_MAX_HEADERS: Final = 64
"""Headers of a request."""
_CROWDED, _ROOMY = 0.9, 0.8
"""Shares of all connections: above the one those that wait for their client are cut, until there is the other."""
_RANK_SECONDS: Final = 0.2
"""Seconds between two rankings of all connections, which take some milliseconds."""


class _Phase(Enum):
    """A connection's state, by who has to do something."""

    HEAD = auto()
    """The client has to send the head of a request."""
    ANSWER = auto()
    """We have to answer, and the client to send the body."""
    REST = auto()
    """The client has its answer, and still sends a body that nobody wants."""
    IDLE = auto()
    """The client has its answer, and may send another request."""


class Connection(web.RequestHandler):
    """A connection that is cut when its client is too slow.

    Args:
        pool: All connections of the server.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        limits = pool.limits
        super().__init__(
            pool.server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # as AppRunner gives it
            keepalive_timeout=limits.idle_seconds,
            lingering_time=limits.rest_seconds,
            read_bufsize=_READ_AHEAD,
            max_headers=_MAX_HEADERS,
            auto_decompress=False,  # handlers that take compressed bodies look at how much comes out
        )
        self.network = ""
        """The network that it comes from; empty where it was not let in."""
        self.due = inf
        """Time of the event loop at which it is cut, unless its client goes on."""
        self._pool, self._limits = pool, limits
        self._phase = _Phase.HEAD
        self._body: StreamReader | None = None
        self._body_due = inf  # however fast its client sends
        self._head_bytes, self._head_end = 0, b""

    @property
    def answering(self) -> bool:
        """Whether a request is being answered."""
        return self._phase is _Phase.ANSWER

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the client in, or not; called by the event loop."""
        wire = cast("asyncio.Transport", transport)
        if not self._pool.admit(self, wire):
            wire.abort()
            return
        self._expect_head()
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by the event loop."""
        if self.network:
            self._pool.discard(self)
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; called by the event loop, and without data by aiohttp itself."""
        if data and not self._keeps_pace(data):
            self.cut()
            return
        super().data_received(data)
        if self._phase is _Phase.REST and (self._body is None or self._body.is_eof()):
            self._rest()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to a request that is none, without its words or the server's version; called by aiohttp."""
        super().handle_error(request, status, exc, message)
        answer = web.Response(
            status=status, text=f"{status}: {HTTPStatus(status).phrase}\n", headers=self._pool.headers
        )
        answer.headers[hdrs.SERVER] = "ozhivi"
        answer.force_close()
        return answer

    def begin_answer(self, body: StreamReader) -> None:
        """Note that the head of a request has come and its answer begins."""
        now = self._loop.time()
        self._phase, self._body = _Phase.ANSWER, body
        self.due = inf if body.is_eof() else now + self._limits.body_pause
        self._body_due = now + self._limits.body_seconds

    def end_answer(self) -> None:
        """Note that a request is answered."""
        if self._body is None or self._body.is_eof():
            self._rest()
        else:
            self._phase, self.due = _Phase.REST, self._loop.time() + self._limits.rest_seconds

    def check(self, now: float) -> None:
        """Cut the connection if it is due; a client is not to blame while we ourselves don't read.

        Args:
            now: Time of the event loop.
        """
        if self._phase is _Phase.ANSWER and self._body is not None and self.due < inf:
            if self._body.is_eof():
                self.due = inf
            elif self.transport is not None and not self.transport.is_reading():
                self.due = min(now + self._limits.body_pause, self._body_due)
        if self.due <= now:
            self.cut()

    def cut(self) -> None:
        """Close the connection at once, without an answer."""
        self.due = inf
        if self.transport is not None:
            self.transport.abort()

    def _expect_head(self) -> None:
        self._phase, self.due = _Phase.HEAD, self._loop.time() + self._limits.head_seconds
        self._head_bytes, self._head_end = 0, b""

    def _rest(self) -> None:
        self._phase, self._body, self.due = _Phase.IDLE, None, self._loop.time() + self._limits.idle_seconds

    def _keeps_pace(self, data: bytes) -> bool:
        """Whether the client may go on after this piece."""
        if self._phase is _Phase.IDLE:
            self._expect_head()
        if self._phase is _Phase.HEAD:
            return self._measure_head(data)
        if self._phase is _Phase.ANSWER and self.due < inf:
            earned = self.due + len(data) / self._limits.body_pace
            self.due = min(earned, self._loop.time() + self._limits.body_pause, self._body_due)
        return True

    def _measure_head(self, data: bytes) -> bool:
        """Count the bytes of a head up to its end; whether there are not too many."""
        seen = self._head_end + data
        end = seen.find(_END_OF_HEAD)
        if self._head_bytes <= self._limits.head_bytes:  # else a body may have come with the end of its head
            self._head_bytes += len(data) if end < 0 else 0
        self._head_end = seen[-3:] if end < 0 else _END_OF_HEAD
        return self._head_bytes <= self._limits.head_bytes


class ConnectionPool:
    """All connections of a server.

    Args:
        server: The server whose connections they are.
        limits: Their limits.
        headers: Headers of an answer to a request that is none.
    """

    def __init__(self, server: web.Server, limits: ConnectionLimits, headers: Mapping[str, str]) -> None:
        self.server, self.limits, self.headers = server, limits, headers
        self._connections = set[Connection]()
        self._networks = Counter[str]()
        self._waiting: list[Connection] = []
        self._ranked = -inf
        self._lines = RareLines()

    def __call__(self) -> Connection:
        """A new connection, for the event loop."""
        return Connection(self)

    def admit(self, connection: Connection, transport: asyncio.Transport) -> bool:
        """Let a connection in, unless there are as many as there may be."""
        peer = transport.get_extra_info("peername")
        network = client_network(str(peer[0]) if isinstance(peer, tuple) else "")
        if self._networks[network] >= self.limits.network or not self._has_room(network):
            self._lines.warn("connections_refused", open=len(self._connections), of_network=self._networks[network])
            return False
        connection.network = network
        self._connections.add(connection)
        self._networks[network] += 1
        wire = transport.get_extra_info("socket")
        if wire is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self.limits.unread_seconds * 1000))
        return True

    def discard(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._connections.discard(connection)
        self._networks[connection.network] -= 1
        if not self._networks[connection.network]:
            del self._networks[connection.network]

    async def sweep(self) -> None:
        """Cut the connections that are due and, where there are nearly as many as there may be, those that wait for
        their client: those of the network that has most first."""
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._connections):
            connection.check(now)
        if len(self._connections) > _CROWDED * self.limits.total:
            self._rank(now)
            self._lines.warn("connections_crowded", open=len(self._connections), waiting=len(self._waiting))
            for _ in range(min(len(self._waiting), len(self._connections) - round(_ROOMY * self.limits.total))):
                self._waiting.pop().cut()

    def _rank(self, now: float) -> None:
        """Rank the connections that wait for their client: the last is the next to be cut."""
        self._waiting = [one for one in self._connections if not one.answering]
        self._waiting.sort(key=lambda one: (self._networks[one.network], -one.due))
        self._ranked = now

    def _has_room(self, network: str) -> bool:
        """Whether one more may come from a network: also in place of one that waits and whose network has more."""
        if len(self._connections) < self.limits.total:
            return True
        now = asyncio.get_running_loop().time()
        if now - self._ranked > _RANK_SECONDS:
            self._rank(now)
        while self._waiting:
            connection = self._waiting.pop()
            if connection in self._connections and not connection.answering:
                if self._networks[connection.network] <= self._networks[network] + 1:
                    self._waiting.append(connection)
                    return False
                connection.cut()
                return True
        return False


@web.middleware
async def watch_connection(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell a connection of its requests: the outermost middleware of an application that is served by a pool."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    connection.begin_answer(request.content)
    try:
        return await handler(request)
    finally:
        connection.end_answer()
