"""Debian's packages that tests need: installed where this machine is CI's or says so, else the tests are skipped."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

_LOCK = Path(tempfile.gettempdir()) / "ozhivi-test-packages"
_UPDATED = _LOCK.with_name("ozhivi-test-packages-updated")
_FRESH_SECONDS = 3600.0
"""Seconds for which the lists of packages are good enough: an update takes six, and nobody else installs meanwhile."""


def install_packages(missing: str, *packages: str) -> None:
    """Install packages, one run of the tests after the other.

    Args:
        missing: What is not there, for the reason of the skip.
        packages: Names or patterns of apt-get; pytest.skip where it may not be asked, or fails.
    """
    wanted = os.environ.get("CI") == "true" or os.environ.get("OZHIVI_TEST_INSTALL") == "1"
    if not (wanted and os.geteuid() == 0 and shutil.which("apt-get")):
        pytest.skip(f"no {missing}: apt-get install {' '.join(packages)}, or OZHIVI_TEST_INSTALL=1 as root")
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        steps = [["install", "-y", "--no-install-recommends", *packages]]
        if time.time() - _updated() > _FRESH_SECONDS:
            steps.insert(0, ["update"])
        for command in steps:
            done = subprocess.run(
                ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode:
                pytest.skip(f"no {missing}: apt-get {command[0]} failed: {done.stdout[-300:]}")
            if command == ["update"]:
                _UPDATED.touch()


def _updated() -> float:
    """The time of the last update of the lists that a test made; 0 for never."""
    return _UPDATED.stat().st_mtime if _UPDATED.exists() else 0.0
