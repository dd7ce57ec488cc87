"""A network that leads nowhere, and no capabilities, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

TRY = """
import os
import socket
from skill.sandbox.namespaces import drop_capabilities, leave_network
identity = os.getuid(), os.getgid()
try:
    leave_network()
except OSError:
    print("none")
    raise SystemExit
drop_capabilities()
print(identity == (os.getuid(), os.getgid()))
print([name for _, name in socket.if_nameindex()])
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError as error:
    print(type(error).__name__)
try:
    os.chroot("/")
except PermissionError:
    print("no rights")
"""


def test_a_network_without_a_way_out(tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-c", TRY], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = found.stdout.splitlines()
    if lines == ["none"]:
        pytest.skip("no namespaces")
    assert lines == ["True", "['lo']", "OSError", "no rights"]
