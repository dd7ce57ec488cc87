"""A running service, and what is found at an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from skill.settings import Settings
from tests.ports import free_port
from tests.service_process import ServiceProcess


class Running(NamedTuple):
    """A running service whose settings name an address with TLS."""

    process: ServiceProcess
    """The service."""
    settings: Settings
    """Its settings."""
    port: int
    """A free port for TLS in front of it, that of its public address."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("service")
    inner, port = free_port(), free_port()
    given = {
        "port": str(inner),
        "public_url": f"https://localhost:{port}",
        "behind_proxy": "true",
        "workers": "false",
        "oauth_client_id": "alice",
        "oauth_client_secret": "a" * 40,
    }
    process = ServiceProcess(folder / "data", **given)
    process.address = f"http://127.0.0.1:{inner}"
    try:
        yield Running(process, Settings(data_dir=folder / "data", gallery=Path(folder / "gallery.db"), **given), port)
    finally:
        process.stop()
