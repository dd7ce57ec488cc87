"""`ozhivi serve`, `ozhivi worker`, `ozhivi media setup` and `ozhivi ticket`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from skill.app import serve
from skill.components import build_s3_store, open_tickets
from skill.console import print_line
from skill.dialog.assistants import console_addresses
from skill.logs import configure
from skill.secrets import signing_secrets
from skill.service_address import running_address
from skill.settings import load
from skill.worker_app import run_worker


def run(given: Mapping[str, Any]) -> None:
    """Serve until a signal; `given`: settings from the command line. Raises WrongSettings."""
    settings = load(given)
    configure(settings.log_level)

    def announce(address: str) -> None:
        print_line(f"Открыто: {address} (ссылку даст ozhivi ticket)", error=True)

    asyncio.run(serve(settings, announce))


def webhook_addresses(assistant: str) -> tuple[str, ...]:
    """Where `assistant` (alice or salute) is to send its messages; the secret is made where there is none yet."""
    return console_addresses(load(), assistant)


def worker(given: Mapping[str, Any], *, metrics_port: int | None) -> None:
    """Work until a signal; `given`: settings from the command line. Raises WrongSettings, QueueDownError."""
    settings = load(given)
    configure(settings.log_level)

    def announce(port: int) -> None:
        metrics = f", метрики: http://{settings.host}:{port}/metrics" if port else ""
        print_line(f"Жду заданий{metrics}", error=True)

    asyncio.run(run_worker(settings, announce, metrics_port=metrics_port))


def set_up_media() -> list[str]:
    """Make the bucket of the settings fit for the service; what was done, a line each. Raises WrongSettings,
    MediaError."""
    settings = load()
    store = build_s3_store(settings)

    async def done() -> list[str]:
        try:
            return await store.setup(page=settings.address)
        finally:
            await store.close()

    return asyncio.run(done())


def new_ticket(address: str | None) -> tuple[str, str]:
    """Link and code of a new ticket.

    Args:
        address: by which the service is reached; None: as the settings say, else as the service that runs does.
    """
    settings = load()
    found = address or settings.public_url or running_address(settings.data_dir) or settings.address
    signing = signing_secrets(settings)

    async def issue() -> tuple[str, str]:
        tickets = await open_tickets(settings, signing)
        issued = await tickets.issue(f"try-{secrets.token_hex(8)}")
        await tickets.close()
        return f"{found.rstrip('/')}/u/{issued.token}", f"{issued.code[:3]} {issued.code[3:]}"

    return asyncio.run(issue())
