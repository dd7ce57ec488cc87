"""A throw-away S3 server: Ceph's gateway, started by the script that people use for development."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from skill.media.pending_deletions import PendingDeletions
from skill.media.s3 import S3Settings, S3Store
from tests.debian import install_packages
from tests.ports import free_port

SCRIPT = Path(__file__).parents[3] / "deploy" / "ceph" / "dev-s3.sh"
PACKAGES = ("ceph-mon", "ceph-osd", "radosgw")
START = 150.0  # seconds; 2–12 on two idle cores, over 60 where others compute as well


@dataclass(frozen=True, slots=True)
class Ceph:
    """A running server with an empty bucket."""

    settings: S3Settings
    group: int
    """Process group of its daemons."""

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        os.killpg(self.group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.group, signal.SIGCONT)

    def prefixed(self) -> S3Settings:
        """A corner of the bucket of its own."""
        return self.changed(prefix=f"{secrets.token_hex(4)}/")

    def changed(self, **changes: object) -> S3Settings:
        given = {name: getattr(self.settings, name) for name in S3Settings.__dataclass_fields__}
        return S3Settings(**{**given, **changes})

    def client(self) -> Any:
        one = self.settings
        return boto3.session.Session().client(
            "s3",
            endpoint_url=one.endpoint,
            region_name=one.region,
            aws_access_key_id=one.access_key,
            aws_secret_access_key=one.secret_key,
        )


def bucket_store(settings: S3Settings) -> S3Store:
    """A store that remembers nothing of an earlier one; what it remembers on disk goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="ozhivi-deletions-"))
    store = S3Store(settings, PendingDeletions(folder))
    weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
    return store


def need_ceph() -> None:
    """Install Ceph where that is wanted and possible; skip otherwise."""
    if shutil.which("radosgw") and shutil.which("ceph-osd") and shutil.which("ceph-mon"):
        return
    install_packages("S3 server", *PACKAGES)


@contextlib.contextmanager
def running_ceph(folder: Path, port: int) -> Iterator[int]:
    """The script as a process group of its own, whose number it is; it also ends by itself when we are killed (its
    input closes)."""
    variables = {"MON_PORT": str(free_port()), "STOP_ON_EOF": "1", "S3_ACCESS_KEY": "dev", "S3_SECRET_KEY": "secret"}
    variables["LIFECYCLE_DAY"] = "5"  # seconds: a test waits for a day to pass
    process = subprocess.Popen(
        [str(SCRIPT), str(folder), str(port)],
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        wait_until_ready(process)
        yield process.pid
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
        process.stdin.close()
        process.stdout.close()


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + START
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        said = ""
        while time.monotonic() < deadline and selector.select(deadline - time.monotonic()):
            line = process.stdout.readline()
            if line.startswith("ready "):
                return
            said += line
            if not line:
                break
    pytest.fail(f"Ceph didn't start: {said}")


@contextlib.contextmanager
def serving() -> Iterator[Ceph]:
    need_ceph()
    port = free_port()
    # A short path: the daemons' sockets lie below it, and the system allows them 107 characters.
    short = tempfile.TemporaryDirectory(prefix="ceph", ignore_cleanup_errors=True)
    with short as folder, running_ceph(Path(folder), port) as group:
        server = Ceph(S3Settings("ozhivi-test", "dev", "secret", endpoint=f"http://127.0.0.1:{port}"), group)
        with contextlib.closing(server.client()) as client:
            client.create_bucket(Bucket=server.settings.bucket)
        yield server
