"""Files by Landlock, in a process of its own: nothing of it can be taken back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

TRY = """
import sys
from pathlib import Path
from skill.sandbox.kernel import set_no_new_privileges
from skill.sandbox.landlock import restrict_files
top = Path(sys.argv[1])
set_no_new_privileges()
try:
    version = restrict_files([top / "read", top / "missing", top / "single"], [top / "write"], [top])
except OSError:
    print("none")
    raise SystemExit
def tried(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"
print(version >= 1)
print(tried((top / "read" / "file").read_bytes))
print(tried((top / "single").read_bytes))
print(tried(lambda: (top / "single").write_bytes(b"")))
print(tried(lambda: (top / "read" / "file").write_bytes(b"")))
print(tried(lambda: (top / "write" / "new").write_bytes(b"")))
print(tried(lambda: (top / "write" / "folder").mkdir()))
print(tried(lambda: (top / "write" / "new").rename(top / "write" / "folder" / "moved")))
print(tried(lambda: (top / "write" / "link").symlink_to("/etc/passwd")))
print(tried((top / "other").read_bytes))
print(tried(lambda: list(top.iterdir())))
print(tried((top / "other").unlink))
print(tried((top / "empty").rmdir))
"""


def test_only_what_is_named_can_be_opened(tmp_path: Path) -> None:
    for name in ("read", "write", "empty"):
        (tmp_path / name).mkdir()
    for name in ("read/file", "single", "other"):
        (tmp_path / name).write_bytes(b"x")
    found = subprocess.run([sys.executable, "-c", TRY, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = found.stdout.split()
    if lines == ["none"]:
        pytest.skip("no Landlock")
    no = "PermissionError"
    assert lines == ["True", "done", "done", no, no, "done", "done", "done", no, no, no, no, "done"]
