"""`ozhivi serve` and `ozhivi ticket`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from skill.app import open_tickets, serve
from skill.logs import configure
from skill.settings import load, prepare
from skill.telling import tell


def run(given: Mapping[str, Any]) -> None:
    """Serve until a signal; `given`: settings from the command line. Raises WrongSettings."""
    settings = load(given)
    configure(settings.log_level)

    def announce(port: int) -> None:
        address = settings.public_url or f"http://{settings.host}:{port}"
        tell(f"Открыто: {address} (ссылку даст ozhivi ticket)", error=True)

    asyncio.run(serve(settings, announce))


def new_ticket(address: str | None) -> tuple[str, str]:
    """Link and code of a new ticket; `address`: where the service is reached, by default as its settings say."""
    settings = load()
    tickets = open_tickets(settings, prepare(settings))

    async def issue() -> tuple[str, str]:
        issued = await tickets.issue(f"try-{secrets.token_hex(8)}")
        await tickets.close()
        link = f"{(address or settings.address).rstrip('/')}/u/{issued.token}"
        return link, f"{issued.code[:3]} {issued.code[3:]}"

    return asyncio.run(issue())
