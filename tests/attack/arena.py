"""A service of an attack's own on loopback: strangers with addresses of their own, and honest people beside them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from skill.components import build_tickets, open_database
from skill.secrets import path_secrets
from skill.settings import load
from skill.ticket_model import IssuedTicket
from skill.tickets import Tickets
from tests.attack.attack import Attack, Findings
from tests.service_process import ServiceProcess

KEY: Final = "attack" * 8
"""API key of every arena's service."""
TURN_SECONDS: Final = 3.0
"""Seconds within which an assistant has to have its answer."""
_SETTINGS: Final = MappingProxyType({"api_keys": KEY, "long_side": "256", "workers": "0"})


class Arena:
    """A running service under attack."""

    def __init__(self, service: ServiceProcess, tickets: Tickets, *, whole: bool) -> None:
        """Args:
        service: The service.
        tickets: Its tickets: strangers may have some.
        whole: Whether the attack has its full size, and not that of every run of the tests.
        """
        self.service, self.tickets, self._whole = service, tickets, whole
        self.findings = Findings()
        """What was found so far."""
        self.may_log_errors = False
        """Whether the attack is a fault of ours that belongs into the log as an error."""
        self.address = service.address
        """Of the service: "http://127.0.0.1:PORT"."""
        parts = urlsplit(service.address)
        self.host, self.port = str(parts.hostname), int(parts.port or 0)

    def size(self, whole: int, part: int) -> int:
        """How often something is tried: in full, or in every run of the tests."""
        return whole if self._whole else part

    def seconds(self, limit: float) -> float:
        """A limit of time: as promised in full, with half a minute of slack in the tests, which share their machine."""
        return limit if self._whole else limit + 30.0

    async def issue(self, user: str = "stranger") -> IssuedTicket:
        """A ticket, as the dialog gives them."""
        return await self.tickets.issue(user)

    def session(self, source: str = "127.0.0.2", **options: Any) -> aiohttp.ClientSession:
        """A client that comes from an address of loopback; as many connections as it likes."""
        connector = aiohttp.TCPConnector(limit=0, local_addr=(source, 0))
        timeout = options.pop("timeout", aiohttp.ClientTimeout(total=120))
        return aiohttp.ClientSession(self.address, connector=connector, timeout=timeout, **options)

    async def connect(self, source: str = "127.0.0.2") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection from an address of loopback."""
        return await asyncio.open_connection(self.host, self.port, local_addr=(source, 0))

    @asynccontextmanager
    async def honest_turns(self) -> AsyncIterator[None]:
        """Turns of honest people in the assistant for the block, evenly and from a process of their own.

        Each has to be right and within its time.
        """
        secret = path_secrets(load({"data_dir": self.service.data}), "alice")[0]
        rate = self.size(20, 5)  # turns a second: with 20 they and their answers take a third of a core
        command = (sys.executable, "-m", "tests.attack.honest", f"{self.address}/alice/{secret}", f"{rate}")
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        await process.stdout.readline()  # the first turns were answered
        try:
            yield
        finally:
            told, _ = await process.communicate(b"stop\n")
        turns = json.loads(told)
        longest = max(turns["latencies"], default=0.0)
        self.findings.count(honest_turns=len(turns["latencies"]), longest=f"{longest:.2f} s")
        self.findings.expect(not turns["errors"], f"every honest turn is answered: {turns['errors'][:3]}")
        self.findings.expect(longest <= self.seconds(TURN_SECONDS), f"no honest turn takes over {TURN_SECONDS:g} s")

    async def page_seconds(self, source: str = "127.0.0.1") -> float:
        """Seconds in which an honest person gets the first page; a failure is noted."""
        began = time.perf_counter()
        try:
            timeout = aiohttp.ClientTimeout(total=90)
            async with self.session(source, timeout=timeout) as client, client.get("/") as answer:
                self.findings.expect(answer.status == 200, f"the first page opens: {answer.status}")
                await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            self.findings.expect(False, f"the first page opens: {type(error).__name__}")
        return time.perf_counter() - began


@asynccontextmanager
async def open_arena(attack: Attack, *, whole: bool) -> AsyncIterator[Arena]:
    """A service with the attack's settings for the block; what it logged of errors is noted at its end."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="ozhivi-attack-")))
        settings = {name: str(value) for name, value in {**_SETTINGS, **attack.settings}.items()}
        service = await asyncio.to_thread(ServiceProcess, folder / "data", **settings)
        try:
            own = load({"data_dir": folder / "data"})
            database = await open_database(own)
            stack.push_async_callback(database.close)
            tickets = build_tickets(own, database)
            arena = Arena(service, tickets, whole=whole)
            yield arena
        finally:
            code = await asyncio.to_thread(service.stop)
        arena.findings.expect(code == 0, f"the service stops as it should: {code}")
        if not arena.may_log_errors:
            arena.findings.expect(not service.complaints(), f"no error in the log: {service.complaints()[:2]}")


async def carry_out(attack: Attack, *, whole: bool) -> Findings:
    """Carry out an attack on a service of its own.

    Args:
        attack: The attack.
        whole: Whether in full, or as small as in every run of the tests.

    Returns:
        What was found.
    """
    async with open_arena(attack, whole=whole) as arena:
        await attack.run(arena)
    return arena.findings
