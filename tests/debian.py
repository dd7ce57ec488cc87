"""Debian's packages that tests need: installed where this machine is CI's or says so, else the tests are skipped."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_LOCK = Path(tempfile.gettempdir()) / "ozhivi-test-packages"


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
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
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
