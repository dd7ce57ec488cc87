"""Commands of the service: `ozhivi serve`, `worker`, `media setup`, `ticket` and `alice-url`."""

# ruff: noqa: PLC0415  (a ticket needs neither pages nor a dialog, whose import takes a second)

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from skill.components import build_s3_store, build_tickets, open_database
from skill.console import print_line
from skill.logs import configure
from skill.service_address import running_address
from skill.settings import load
from skill.stop_signal import STOP_SECONDS


class PrintedTicket(NamedTuple):
    """A new ticket, as a person uses it."""

    link: str
    """Address of the upload page."""
    code: str
    """Six digits that open the same page, in two groups."""


def start_service(overrides: Mapping[str, Any]) -> None:
    """Serve until a signal.

    Args:
        overrides: settings from the command line.

    Raises:
        WrongSettings, DatabaseDownError: as `skill.app.serve`.
    """
    from skill.app import serve

    settings = load(overrides)
    configure(settings.log_level)

    def announce(address: str) -> None:
        print_line(f"Открыто: {address} (ссылку даст ozhivi ticket)", error=True)

    def announce_dev(link: str) -> None:
        print_line(f"Для разработки, один раз: {link}", error=True)

    latest = STOP_SECONDS + settings.stop_delay
    asyncio.run(serve(settings, announce, announce_dev=announce_dev, kill_after=latest))


def webhook_addresses(assistant: str) -> tuple[str, ...]:
    """The addresses to which an assistant is to send its messages; their secret is made where there is none yet.

    Args:
        assistant: "alice" or "salute".

    Raises:
        WrongSettings: the data folder can't be used.
    """
    from skill.dialog.assistants import console_addresses

    return console_addresses(load(), assistant)


def start_worker(overrides: Mapping[str, Any], *, metrics_port: int | None) -> None:
    """Work until a signal.

    Args:
        overrides: settings from the command line.
        metrics_port: TCP port where Prometheus is answered; None for none.

    Raises:
        WrongSettings, DatabaseDownError: as `skill.worker_app.run_worker`.
    """
    from skill.worker_app import run_worker

    settings = load(overrides)
    configure(settings.log_level)

    def announce(port: int) -> None:
        metrics = f", метрики: http://{settings.host}:{port}/metrics" if port else ""
        print_line(f"Жду заданий{metrics}", error=True)

    asyncio.run(run_worker(settings, announce, metrics_port=metrics_port, kill_after=STOP_SECONDS))


def set_up_media() -> list[str]:
    """Make the bucket of the settings fit for the service.

    Returns:
        A line for each thing that was done.

    Raises:
        WrongSettings: the settings name no bucket.
        MediaError: the bucket can't be made fit, or the server does not answer.
    """
    settings = load()
    store = build_s3_store(settings)

    async def set_up() -> list[str]:
        try:
            return await store.setup(page=settings.address)
        finally:
            await store.close()

    return asyncio.run(set_up())


def new_ticket(address: str | None) -> PrintedTicket:
    """Issue a ticket.

    Args:
        address: by which the service is reached; None: as the settings say, else as the service that runs does.
    """
    settings = load()
    found = address or settings.public_url or running_address(settings.data_dir) or settings.address

    async def issue() -> PrintedTicket:
        database = await open_database(settings)
        try:
            issued = await build_tickets(settings, database).issue(f"try-{secrets.token_hex(8)}")
        finally:
            await database.close()
        link = f"{found.rstrip('/')}/u/{issued.token}"
        return PrintedTicket(link, f"{issued.code[:3]} {issued.code[3:]}")

    return asyncio.run(issue())
