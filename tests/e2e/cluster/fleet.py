"""A fleet on this machine: `serve` and `worker`, several of each, HAProxy, PostgreSQL, Ceph; most of it is killed."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.debian import install_packages
from tests.e2e.cluster.machines import Cluster
from tests.ports import free_port
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.media.ceph_server import Ceph

SECRET: Final = "w" * 32
"""Secret in the path of the webhook."""
PROXY: Final = Path(__file__).parents[3] / "deploy" / "proxy" / "haproxy.cfg"
_SETTINGS: Final = MappingProxyType(
    {
        "OZHIVI_LONG_SIDE": "256",
        "OZHIVI_LEASE": "10",
        "OZHIVI_PREVIEWS": "false",
        "OZHIVI_BEHIND_PROXY": "true",
        "OZHIVI_ALICE_SECRETS": SECRET,
    }
)


_KINDS: Final = ("incoming", "work")
"""Folders of a process's data in which photos are for a while."""


class Fleet(Cluster):
    """Nodes and workers that are killed and started again.

    Args:
        folder: for the data and the log of each process.
        dsn: of a database with our tables.
        postgres: the server of that database, which is killed, too.
        ceph: the store.
        nodes: number of `serve`.
        workers: number of `worker`.
    """

    def __init__(self, folder: Path, dsn: str, postgres: PostgresServer, ceph: Ceph, nodes: int, workers: int) -> None:
        super().__init__(folder, dsn, ceph)
        self.dsn, self.postgres = dsn, postgres
        self.ports = {f"node-{number}": free_port() for number in range(nodes)}
        self.workers = [f"worker-{number}" for number in range(workers)]
        self.port = free_port()
        self.killed: list[tuple[str, str]] = []
        self.address = f"https://127.0.0.1:{self.port}"
        self._environment |= {**_SETTINGS, "OZHIVI_PUBLIC_URL": self.address}

    def settings(self) -> dict[str, str]:
        """The settings that all share, for whoever looks at their database and store."""
        shared = ("QUEUE", "POSTGRES", "STORE", "S3_", "SECRETS", "IDENTITY")
        ours = {name.removeprefix("OZHIVI_"): value for name, value in self._environment.items()}
        return {name.lower(): value for name, value in ours.items() if name.startswith(shared)}

    def begin(self, name: str) -> None:
        """Start a node or a worker."""
        if name in self.ports:
            self.start(name, "serve", port=self.ports[name], data_dir=self.folder / f"{name}-data")
        else:
            self.start(name, "worker", data_dir=self.folder / f"{name}-data")

    def begin_all(self) -> None:
        """Start everybody, and wait until they are there."""
        for name in (*self.ports, *self.workers):
            self.begin(name)
        for name in (*self.ports, *self.workers):
            self.wait_for(name)

    def wait_for(self, name: str) -> None:
        """Wait until a process says that it is there."""
        said = self._processes[name].stderr
        assert said is not None
        assert said.readline(), (self.folder / name).read_text(encoding="utf-8")[-1000:]

    def files_on_disks(self) -> list[Path]:
        """What nodes and workers have on their disks of photos and clips."""
        places = [self.folder / f"{name}-data" / kind for name in (*self.ports, *self.workers) for kind in _KINDS]
        return [path for place in places for path in place.rglob("*") if path.is_file() and path.stat().st_size]

    def story(self, public: str) -> str:
        """Who began and ended a job, in the order of time."""
        found = []
        for name in self.workers:
            for line in (self.folder / name).read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):  # who is killed may leave half a line
                    told = json.loads(line)
                    if public.startswith(told.get("job", "-")) and told["event"] != "job_step":
                        found.append(f"{told['timestamp']} {name} {told['event']} {told.get('reason', '')}")
        return ", ".join(sorted(found))

    async def kill_now_and_then(
        self, choice: random.Random, pause: float, over: asyncio.Event, victims: Sequence[str] = ()
    ) -> dict[str, int]:
        """Kill somebody every so many seconds, on average, until it is over; the number of each kind.

        Args:
            choice: of the victim and the pauses.
            pause: seconds from one to the next.
            over: set when it is enough.
            victims: those that are killed one after the other and, but for PostgreSQL, not started again; empty for
                anybody, who is started again.
        """
        kills, left = dict.fromkeys(("node", "worker", "postgres"), 0), list(victims)
        while left or (not victims and not over.is_set()):
            await asyncio.sleep(pause * choice.uniform(0.5, 1.5))
            victim = left.pop(0) if victims else choice.choice([*self.ports, *self.workers, "postgres"])
            kills[victim.partition("-")[0]] += 1
            self.killed.append((datetime.now(UTC).isoformat(timespec="milliseconds"), victim))
            await asyncio.to_thread(self._kill, victim, choice.uniform(0.1, 1.0), again=not victims)
        return kills

    def _kill(self, victim: str, seconds: float, *, again: bool) -> None:
        """Kill somebody with -9, who is back after so many seconds and the time of a start, if at all."""
        if victim == "postgres":
            self.postgres.kill()
            time.sleep(seconds)
            self.postgres.start()
            return
        self.kill(victim)
        if again:
            time.sleep(seconds)
            self.begin(victim)
            self.wait_for(victim)


@contextmanager
def fleet(folder: Path, dsn: str, postgres: PostgresServer, ceph: Ceph, *, nodes: int, workers: int) -> Iterator[Fleet]:
    """A fleet that runs; each request goes to a node by chance."""
    running = Fleet(folder, dsn, postgres, ceph, nodes, workers)
    running.do("media", "setup")
    with closing(ceph.client()) as client:  # a day of this server lasts five seconds
        client.delete_bucket_lifecycle(Bucket=running.store.bucket)
    proxy = _start_proxy(running)
    try:
        running.begin_all()
        yield running
    finally:
        codes = running.stop()
        proxy.terminate()
        proxy.wait(20)
    assert codes == [0] * len(codes)


def _start_proxy(fleet: Fleet) -> subprocess.Popen[bytes]:
    """HAProxy with the file that operators get, several servers in it."""
    places = "/usr/sbin:/usr/bin"
    if shutil.which("haproxy", path=places) is None:
        install_packages("haproxy", "haproxy")
    folder = fleet.folder
    both, own, key = (folder / f"{name}.pem" for name in ("both", "own", "key"))
    order = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*order, "-keyout", str(key), "-out", str(own)], check=True, capture_output=True)
    both.write_text(own.read_text(encoding="ascii") + key.read_text(encoding="ascii"), encoding="ascii")
    text = PROXY.read_text(encoding="utf-8")
    text = re.sub(r"^ +bind :80\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"bind :443 ssl crt \S+", f"bind 127.0.0.1:{fleet.port} ssl crt {both}", text)
    several = r"^( +)# (balance|option httpchk|option redispatch|default-server)"
    text = re.sub(several, r"\1\2", text, flags=re.MULTILINE)
    servers = "".join(f"    server {name} 127.0.0.1:{port} maxconn 1024\n" for name, port in fleet.ports.items())
    text = re.sub(r"^ +server ozhivi .*\n", servers, text, flags=re.MULTILINE)
    file = folder / "haproxy.cfg"
    file.write_text(text, encoding="utf-8")
    program = shutil.which("haproxy", path=places)
    assert program
    with (folder / "haproxy").open("wb") as log:
        return subprocess.Popen([program, "-f", str(file)], stdout=log, stderr=log)
