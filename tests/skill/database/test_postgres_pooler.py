"""PgBouncer between the service and PostgreSQL: each transaction may be on another session."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from pipeline.run import Wish
from skill.database.transaction import bind
from skill.jobs.model import Done
from skill.jobs.queue import JobQueue
from skill.tickets import Tickets
from tests.debian import install_packages
from tests.ports import free_port
from tests.skill.database.databases import postgres_database
from tests.skill.jobs.postgres_server import PostgresServer

USERS, SESSIONS = 6, 3
DONE = Done((("mp4", "clip"),))
PLACES = "/usr/sbin:/usr/bin"


@pytest.fixture
def pooled(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database through PgBouncer in transaction mode, which has three sessions at most."""
    if shutil.which("pgbouncer", path=PLACES) is None:
        install_packages("pgbouncer", "pgbouncer")
    port = free_port()
    with postgres.database() as dsn, tempfile.TemporaryDirectory(prefix="pooler-") as place:
        folder = Path(place)
        folder.chmod(0o755)  # PgBouncer is never root
        name = urlsplit(dsn).path[1:]
        socket = parse_qs(urlsplit(dsn).query)["host"][0]
        file = folder / "pgbouncer.ini"
        file.write_text(
            f"[databases]\n{name} = host={socket} dbname={name} user=ozhivi\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = {SESSIONS}\nmax_client_conn = 200\n",
            encoding="utf-8",
        )
        account: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = {"user": "postgres", "group": "postgres", "extra_groups": []}
        program = shutil.which("pgbouncer", path=PLACES)
        assert program
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([program, str(file)], stdout=log, stderr=log, cwd="/", **account)
        try:
            address = f"postgresql://ozhivi@127.0.0.1:{port}/{name}"
            _wait(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            assert process.poll() is None and time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        else:
            return


@pytest.mark.asyncio
async def test_many_connections_share_a_few_sessions_and_nothing_is_mixed_up(pooled: str) -> None:
    databases = [postgres_database(pooled, patience=20.0) for _ in range(USERS)]

    async def work(number: int) -> set[str]:
        queue, tickets = JobQueue(databases[number], limit=1000), Tickets(databases[number], b"s" * 32)
        done = set[str]()
        for turn in range(8):
            issued = await tickets.issue(f"user-{number}")
            assert (await tickets.redeem(issued.token, "d")).user == f"user-{number}"
            await queue.put(f"user-{number}", "photo", Wish(), digest=f"{turn}")
            leased = await queue.lease(f"worker-{number}", 60.0)
            if leased is not None and await queue.finish(leased.id, f"worker-{number}", DONE):
                done.add(leased.id)
        return done

    done = await asyncio.gather(*(work(number) for number in range(USERS)))
    assert sum(map(len, done)) == len(set().union(*done)) > USERS
    prepared = await databases[0].ask(bind("SELECT count(*) FROM pg_prepared_statements"))
    assert prepared == [[(0,)]]  # another one's would not be there, or be there already
    await asyncio.gather(*(database.close() for database in databases))
