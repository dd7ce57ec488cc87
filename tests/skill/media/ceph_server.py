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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from skill.media.pending_deletions import PendingDeletions
from skill.media.s3 import S3Settings, S3Store
from tests.debian import install_packages
from tests.ports import free_port

SCRIPT = Path(__file__).parents[3] / "deploy" / "ceph" / "dev-s3.sh"
PACKAGES = ("ceph-mon", "ceph-osd", "radosgw")
START = 150.0  # seconds; 2–12 on two idle cores, over 60 where others compute as well
ANSWER = 30.0  # seconds; 0.01 on two idle cores
_ALIVE = "alive"
_SAID = 3000  # characters of what a daemon says


class Ceph:
    """A running server with an empty bucket; another one takes its place, at its address, where it answers no more."""

    def __init__(self, folder: Path, settings: S3Settings, seconds: float = ANSWER) -> None:
        """
        Args:
            folder: Of the servers' files; its path has to be short, since the daemons' sockets lie below it, and the
                system allows them 107 characters.
            settings: The address to serve at, the bucket to make, and the keys.
            seconds: How long an answer may take.
        """
        self.settings = settings
        self._folder = folder
        self._running = contextlib.ExitStack()
        self._group = 0
        self._starts = 0
        once = Config(connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1})
        self._asking = self.client(once)

    def start(self) -> None:
        """Raises what pytest fails with, if it doesn't start."""
        self._starts += 1
        folder = self._folder / str(self._starts)
        self._group = self._running.enter_context(running_ceph(folder, int(urlsplit(self.settings.endpoint).port or 0)))
        with contextlib.closing(self.client()) as client:
            for bucket in (self.settings.bucket, _ALIVE):
                client.create_bucket(Bucket=bucket)

    def stop(self) -> None:
        self._running.close()
        self._asking.close()

    def answers(self) -> bool:
        """Whether it stores something in time."""
        try:
            self._asking.put_object(Bucket=_ALIVE, Key="alive", Body=b"alive")
        except (BotoCoreError, ClientError):
            return False
        return True

    def need_answer(self) -> str:
        """Another server takes its place where it stores nothing in time.

        Returns:
            What the server that is gone had to say of itself; empty if it answers.
        """
        if self.answers():
            return ""
        said = state(self._folder / str(self._starts))
        self._running.close()
        self.start()
        return said

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        os.killpg(self._group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._group, signal.SIGCONT)

    def prefixed(self) -> S3Settings:
        """A corner of the bucket of its own."""
        return self.changed(prefix=f"{secrets.token_hex(4)}/")

    def changed(self, **changes: object) -> S3Settings:
        given = {name: getattr(self.settings, name) for name in S3Settings.__dataclass_fields__}
        return S3Settings(**{**given, **changes})

    def client(self, config: Config | None = None) -> Any:
        one = self.settings
        return boto3.session.Session().client(
            "s3",
            endpoint_url=one.endpoint,
            region_name=one.region,
            aws_access_key_id=one.access_key,
            aws_secret_access_key=one.secret_key,
            config=config,
        )


def state(folder: Path) -> str:
    """What the daemons of a server say that answers no more: its health, what waits in it, the ends of its logs."""
    asked = (["-s"], ["health", "detail"], ["daemon", "osd.0", "dump_ops_in_flight"], ["daemon", "osd.0", "status"])
    said = ""
    for words in asked:
        command = ["ceph", "--conf", str(folder / "ceph.conf"), "--connect-timeout", "3", *words]
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
            said += f"$ ceph {' '.join(words)}\n{(done.stdout + done.stderr)[-_SAID:]}\n"
    for log in sorted((folder / "log").glob("*")):
        said += f"{log.name}: …{log.read_text(encoding='utf-8', errors='replace')[-_SAID:]}\n"
    return said


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
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)  # what is frozen doesn't hear that it shall end
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
def serving(seconds: float = ANSWER) -> Iterator[Ceph]:
    need_ceph()
    address = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory(prefix="ceph", ignore_cleanup_errors=True) as folder:
        server = Ceph(Path(folder), S3Settings("ozhivi-test", "dev", "secret", endpoint=address), seconds)
        try:
            server.start()
            yield server
        finally:
            server.stop()
