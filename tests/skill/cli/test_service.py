"""The commands that start a service or speak with one, as a person uses them."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service_process import OZHIVI, ServiceProcess


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def running(data: Path) -> Iterator[ServiceProcess]:
    service = ServiceProcess(data, workers="0")
    yield service
    service.stop()


def run(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {"OZHIVI_DATA_DIR": str(data), **{f"OZHIVI_{name.upper()}": value for name, value in settings.items()}}
    command = [*OZHIVI, *arguments]
    return subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=False, timeout=60)


def test_a_ticket_leads_to_the_service_that_runs(running: ServiceProcess, data: Path) -> None:
    assert run(data, "ticket").stdout.startswith(f"{running.address}/u/")
    chosen = run(data, "ticket", public_url="https://photo.example.ru")
    assert chosen.stdout.startswith("https://photo.example.ru/u/")


def test_a_ticket_leads_to_the_settings_address_where_none_runs(data: Path) -> None:
    assert ServiceProcess(data, workers="0").stop() == 0
    assert not (data / "address").exists()
    assert run(data, "ticket", port="8099").stdout.startswith("http://127.0.0.1:8099/u/")


@pytest.mark.parametrize("command", [("serve", "--port"), ("worker", "--metrics-port")])
def test_a_busy_port_is_one_line(command: tuple[str, str], data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(data, *command, str(other.getsockname()[1]), workers="0")
    assert done.returncode == 2
    assert ": should be a free port: something else listens on " in done.stderr
    assert "Traceback" not in done.stderr
