"""The commands that start a service or speak with one, as a person uses them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from email.message import Message
from http.client import HTTPConnection
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
    assert running.stop() == 0
    assert not (data / "address").exists()  # where none runs, it leads to the settings' address
    assert run(data, "ticket", port="8099").stdout.startswith("http://127.0.0.1:8099/u/")


def test_a_load_balancer_sees_the_stop_before_the_port_is_closed(data: Path) -> None:
    service = ServiceProcess(data, workers="0", stop_delay="1.5")
    port = int(service.address.rpartition(":")[2])
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as kept:
            assert answer(kept, "/readyz")[0] == 200
            service.terminate()
            until = time.monotonic() + 60
            while ask(port, "/readyz")[0] != 503:
                assert time.monotonic() < until
            status, headers, body = answer(kept, "/readyz")
            assert (status, headers["Connection"], json.loads(body)) == (503, "close", {"ok": False, "stopping": True})
        status, headers, _ = ask(port, "/")
        assert (status, headers["Connection"]) == (200, "close"), "people are answered until the port is closed"
        with pytest.raises(ConnectionRefusedError):
            while time.monotonic() < until:
                with suppress(ConnectionResetError):  # nobody had taken the connection when the port was closed
                    ask(port, "/healthz")
                time.sleep(0.05)
    finally:
        assert service.stop() == 0


def ask(port: int, path: str) -> tuple[int, Message, bytes]:
    """An answer over a connection of its own."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        return answer(connection, path)


def answer(connection: HTTPConnection, path: str) -> tuple[int, Message, bytes]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


@pytest.mark.parametrize("command", [("serve", "--port"), ("worker", "--metrics-port")])
def test_a_busy_port_is_one_line(command: tuple[str, str], data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(data, *command, str(other.getsockname()[1]), workers="0")
    assert done.returncode == 2
    assert ": should be a free port: something else listens on " in done.stderr
    assert "Traceback" not in done.stderr
