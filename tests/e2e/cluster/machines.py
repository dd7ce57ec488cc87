"""The service as several machines run it: PostgreSQL, Ceph, `ozhivi serve` without a worker, workers beside it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.skill.media.ceph_server import Ceph

KEY = "k" * 32
LEASE = 4.0  # seconds until the job of a killed worker is another's; 30 outside of tests
WORKERS = ("first", "second")
OZHIVI = (sys.executable, "-c", "from skill.cli.main import main; main()")


class Cluster:
    """`folder`: for the data of each process and for its log, JSON lines on stdout."""

    def __init__(self, folder: Path, dsn: str, ceph: Ceph) -> None:
        self.folder, port = folder, free_port()
        self.store = ceph.changed(bucket=f"cluster-{secrets.token_hex(4)}")
        self.address = f"http://127.0.0.1:{port}"
        self.metrics: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        ours = {
            "PORT": str(port),
            "PUBLIC_URL": self.address,
            "DATA_DIR": str(folder / "data"),
            "WORKERS": "0",
            "LEASE": str(LEASE),
            "LONG_SIDE": "256",
            "PREVIEWS": "false",
            "API_KEYS": KEY,
            "QUEUE": "postgres",
            "SECRETS": "s" * 32,
            "IDENTITY_SECRET": "i" * 32,
            "POSTGRES": dsn,
            "STORE": "s3",
            "S3_ENDPOINT": self.store.endpoint,
            "S3_BUCKET": self.store.bucket,
            "S3_ACCESS_KEY": self.store.access_key,
            "S3_SECRET_KEY": self.store.secret_key,
        }
        self._environment = {**os.environ, **{f"OZHIVI_{name}": value for name, value in ours.items()}}

    def do(self, *order: str) -> str:
        """What a command that ends says."""
        done = subprocess.run([*OZHIVI, *order], env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout

    def start(self, name: str, *order: str, **settings: object) -> None:
        """Start what runs until it is stopped; settings in lower case and without the prefix OZHIVI_."""
        own = {f"OZHIVI_{key.upper()}": str(value) for key, value in settings.items()}
        environment = {**self._environment, **own}
        with (self.folder / name).open("ab") as log:
            process = subprocess.Popen([*OZHIVI, *order], env=environment, stdout=log, stderr=subprocess.PIPE)
        self._processes[name] = process

    def ready(self, name: str) -> str:
        """The address that it says when it is ready."""
        said = self._processes[name].stderr
        assert said is not None
        found = re.search(r"http://[^\s)]+", said.readline().decode())
        assert found is not None
        return found[0]

    def work(self, *names: str) -> None:
        """Start workers; where each tells Prometheus of itself is in `metrics`."""
        for name in names:
            self.start(name, "worker", "--metrics-port", "0")
        self.metrics |= {name: self.ready(name) for name in names}

    def log(self, name: str) -> list[dict[str, Any]]:
        """What a process has logged; the last line may not be whole yet."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def taker(self, public: str, *names: str, within: float = 120.0) -> str:
        """The worker that has begun a job; its public id begins with the one in the log."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for name in names:
                begun = [line["job"] for line in self.log(name) if line["event"] == "job_begun"]
                if any(public.startswith(job) for job in begun):
                    return name
            time.sleep(0.01)
        raise AssertionError("no worker took the job")

    def kill(self, name: str) -> None:
        """With -9."""
        process = self._processes.pop(name)
        process.kill()
        self._ended(process)

    def stop(self) -> list[int]:
        """With SIGTERM; how each of them ended."""
        for process in self._processes.values():
            process.terminate()
        return [self._ended(process) for process in self._processes.values()]

    @staticmethod
    def _ended(process: subprocess.Popen[bytes]) -> int:
        code = process.wait(60)
        assert process.stderr is not None
        process.stderr.close()
        return code


@contextmanager
def running(folder: Path, dsn: str, ceph: Ceph) -> Iterator[Cluster]:
    """A bucket that is set up, the service, two workers."""
    cluster = Cluster(folder, dsn, ceph)
    assert cluster.do("media", "setup").startswith(f"bucket {cluster.store.bucket}: created\n")
    with closing(ceph.client()) as client:  # a day of this server lasts five seconds
        client.delete_bucket_lifecycle(Bucket=cluster.store.bucket)
    try:
        cluster.start("serve", "serve")
        cluster.work(*WORKERS)
        cluster.ready("serve")
        yield cluster
    finally:
        codes = cluster.stop()
    assert codes == [0] * len(codes)
