"""A throw-away PostgreSQL: a cluster in a temporary folder, on a socket there, never as root."""

from __future__ import annotations

import os
import re
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

from skill.database.revision import creation
from tests.debian import install_packages

# Nothing of it outlives the test: no flush to the disk is needed; what a process wrote survives that process anyway.
OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=16MB")


TABLES = sorted(set(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", "".join(creation("postgresql")))))


class PostgresServer:
    def __init__(self, binaries: Path, folder: Path, account: dict[str, Any]) -> None:
        self._binaries, self._folder, self._account = binaries, folder, account
        self._process: subprocess.Popen[bytes] | None = None
        self._has_template = False

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
        until = time.monotonic() + 60
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
            self._process.wait(60)
            self._process = None

    def kill(self) -> None:
        """With -9, its children, too."""
        assert self._process is not None
        for one in (self._process.pid, *self._children()):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait(20)
        self._process = None

    def _children(self) -> list[int]:
        assert self._process is not None
        pid = self._process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes calls and answers none, also those of connections that are open."""
        assert self._process is not None
        pid = self._process.pid
        everyone = [pid]
        os.kill(pid, signal.SIGSTOP)
        try:
            while Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "T":
                time.sleep(0.001)  # until then it may fork another process for a connection, which would answer
            for child in self._children():
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGSTOP)
                    everyone.append(child)
            yield
        finally:
            for one in everyone:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGCONT)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a database with our tables and nothing in them, or of an empty one; gone afterwards."""
        name = f"test_{secrets.token_hex(4)}"
        if not empty:
            self.emptied()  # what the last test left in the tables would be copied, too
        self._do(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else self._template()}")
        try:
            yield self.dsn(name)
        finally:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")

    def emptied(self) -> str:
        """The address of the one database with our tables that most tests use in turn, after all rows are deleted."""
        dsn = self.dsn(self._template())
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("; ".join(f"DELETE FROM {table}" for table in TABLES).encode())
        return dsn

    def _template(self) -> str:
        """A database of which others are copies, which is faster than to make the tables each time."""
        if not self._has_template:
            self._do("CREATE DATABASE ozhivi_tables")
            with psycopg.connect(self.dsn("ozhivi_tables")) as connection:
                for line in creation("postgresql"):
                    connection.execute(line.encode())
            self._has_template = True
        return "ozhivi_tables"

    def dsn(self, database: str) -> str:
        return f"postgresql://ozhivi@/{database}?host={self._folder}"

    def run(self, dsn: str, order: str) -> list[tuple[Any, ...]]:
        """Run statements in a database; the rows of a query."""
        with psycopg.connect(dsn, autocommit=True) as connection:
            cursor = connection.execute(order.encode())
            return cursor.fetchall() if cursor.description else []

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
