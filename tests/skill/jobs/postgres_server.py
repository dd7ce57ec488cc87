"""A throw-away PostgreSQL: a cluster in a temporary folder, on a socket there, never as root."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.debian import install_packages

# Nothing of it outlives the test: no flush to the disk is needed; what a process wrote survives that process anyway.
OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=16MB")


class PostgresServer:
    def __init__(self, binaries: Path, folder: Path, account: dict[str, Any]) -> None:
        self._binaries, self._folder, self._account = binaries, folder, account
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        order = ["-U", "ozhivi", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        command = [str(self._binaries / "initdb"), "-D", str(self._folder / "data"), *order]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **self._account)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [word for option in OPTIONS for word in ("-c", option)]
        command = [
            str(self._binaries / "postgres"),
            "-D",
            str(self._folder / "data"),
            "-k",
            str(self._folder),
            *options,
        ]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, **self._account)
        self._process = process
        until = time.monotonic() + 20
        while True:
            try:
                return self._do("SELECT 1")
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """As in a crash: every connection is cut at once, the next start recovers from the log."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes calls and answers none, also those of connections that are open."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        everyone = [pid, *map(int, children)]
        for one in everyone:
            os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in everyone:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGCONT)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty one, gone afterwards."""
        name = f"test_{secrets.token_hex(4)}"
        self._do(f"CREATE DATABASE {name}")
        try:
            yield self.dsn(name)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def dsn(self, database: str) -> str:
        return f"postgresql://ozhivi@/{database}?host={self._folder}"

    def _do(self, order: str) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(order.encode())


@contextmanager
def serving() -> Iterator[PostgresServer]:
    binaries = _installed()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: a socket's may have 107 characters
    try:
        account: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(folder, "postgres", "postgres")
        server = PostgresServer(binaries, folder, account)
        server.make()
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _installed() -> Path:
    """Where the newest one's programs are; it is installed first where root asks for it or in CI."""
    if not _found():
        install_packages("PostgreSQL", "postgresql")
    return _found()[-1]


def _found() -> list[Path]:
    programs = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return sorted((program.parent for program in programs), key=lambda place: int(place.parent.name))
