"""Protections of a real process, tried by doing what they forbid; each is left out where the system lacks it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from skill.sandbox import protections
from skill.sandbox.access import Access
from skill.sandbox.process import SandboxedProcess
from skill.sandbox.protections import Protection, missing_protections, protect
from tests.skill.sandbox.answers import answering
from tests.skill.sandbox.conftest import OpenProcess

REFUSED = {"EPERM", "EACCES", "ENOSYS", "EAFNOSUPPORT", "ENOENT", "ESRCH", "EXDEV"}

# what is tried → the protection that is enough to refuse it
BY_SYSTEM_CALLS = (
    "a program", "a fork", "the internet", "the internet 6", "a raw socket", "a local socket", "a signal to the parent",
    "a trace", "a namespace", "io_uring",
)  # fmt: skip
BY_FILES = (
    "the parent's environment", "the parent's memory", "reading tickets", "writing tickets", "writing elsewhere",
    "writing code", "linking tickets", "a terminal",
)  # fmt: skip
ALLOWED = (
    "reading photo",
    "reading python",
    "writing clip",
    "a thread",
    "a signal to itself",
    "a pair of sockets",
    "chance",
)


@pytest.mark.asyncio
async def test_it_can_do_its_work_and_nothing_else(open_process: OpenProcess, folder: Path) -> None:
    tickets, photo = folder.parent / "tickets.db", folder / "photo"
    tickets.write_bytes(b"secret")
    photo.write_bytes(b"photo")
    process = open_process(answering("attempts"))
    tried = await process.ask(
        {
            "read": {"photo": str(photo), "python": sys.executable, "tickets": str(tickets)},
            "write": {
                "clip": str(folder / "clip.mp4"),
                "tickets": str(tickets),
                "elsewhere": str(folder.parent / "new"),
                "code": str(Path(protections.__file__).with_name("new.py")),
            },
        }
    )
    forbidden = [
        *(BY_SYSTEM_CALLS if Protection.SYSTEM_CALLS in process.protections else ()),
        *(BY_FILES if Protection.FILES in process.protections else ()),
    ]
    assert {name: tried[name] for name in forbidden if tried[name] not in REFUSED} == {}
    assert {name: tried[name] for name in ALLOWED if tried[name]} == {}
    assert tickets.read_bytes() == b"secret"


def test_our_own_modules_can_be_read_wherever_they_are_installed(tmp_path: Path) -> None:
    """An editable install finds them by a finder: their folder is not in `sys.path`, and some are imported late."""
    tried = """
import sys
from pathlib import Path
from skill.sandbox import protections
from skill.sandbox.access import Access
root = Path(protections.__file__).parents[2]
sys.path[:] = [path for path in sys.path if Path(path).resolve() != root]
protections.protect(Path(sys.argv[1]), Access())
print(len((root / "pipeline" / "run.py").read_bytes()), len((root / "weights" / "manifest.toml").read_bytes()))
"""
    found = subprocess.run(
        [sys.executable, "-P", "-c", tried, tmp_path],
        env=os.environ | {"PYTHONPATH": str(Path(protections.__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(int(size) > 0 for size in found.stdout.split())


@pytest.mark.asyncio
async def test_every_thread_is_protected(open_process: OpenProcess) -> None:
    """Those too that libraries start: they share all memory with the one that a photo takes over."""
    process = open_process(answering("threads"))
    found = await process.ask(None)
    assert len(found) > 2
    assert {privileges for privileges, _, _ in found} == {int(Protection.PRIVILEGES in process.protections)}
    assert {mode for _, mode, _ in found} == {2 if Protection.SYSTEM_CALLS in process.protections else 0}
    if Protection.CAPABILITIES in process.protections:
        assert {capabilities & ~0b110 for _, _, capabilities in found} == {0}


@pytest.mark.asyncio
async def test_here_all_protections_are_on(open_process: OpenProcess) -> None:
    """Where Linux has them; a system without is told by `ozhivi doctor`."""
    if not Path("/sys/kernel").exists() or not hasattr(os, "O_PATH"):
        pytest.skip("no Linux")
    process = open_process(answering("echo"))
    await process.ask(None)
    assert {Protection.LIMITS, Protection.PRIVILEGES, Protection.SYSTEM_CALLS} <= set(process.protections)


@pytest.mark.asyncio
async def test_the_limits_are_on(open_process: OpenProcess, folder: Path) -> None:
    found = await open_process(answering("limits"), seconds=7).ask(None)
    assert found["core"] == [0, 0]
    assert found["files"][1] <= 1024
    assert found["file"][1] == 2**31
    assert 7 <= found["processor"] <= 7 * (os.cpu_count() or 1) + 5
    assert found["folder"] == str(folder)
    assert found["nice"] >= 5
    assert found["own session"]


@pytest.mark.asyncio
async def test_an_entry_names_further_files(
    open_process: OpenProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("models", "notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(b"x")
    monkeypatch.setenv("HOME", str(tmp_path))
    process = open_process(answering("attempts", access="reads_home"))
    models, notes = str(tmp_path / "models" / "file"), str(tmp_path / "notes" / "file")
    tried = await process.ask({"read": {"models": models, "notes": notes}, "write": {"models": models, "notes": notes}})
    assert [tried["reading models"], tried["reading notes"], tried["writing notes"]] == ["", "", ""]
    if Protection.FILES in process.protections:
        assert tried["writing models"] == "EACCES"


def test_missing_protections() -> None:
    assert missing_protections([one.value for one in Protection]) == ()
    assert missing_protections(["limits"]) == tuple(one.value for one in Protection if one is not Protection.LIMITS)


@pytest.mark.asyncio
async def test_the_operator_may_switch_them_off(folder: Path) -> None:
    """Where a GPU's driver does not work within; the log says so, and the environment is clean nevertheless."""
    process = SandboxedProcess(answering("echo"), folder, seconds=5, protected=False)
    with capture_logs() as logs:
        assert await process.ask(1) == 1
    await process.kill()
    assert process.protections == ()
    assert [(line["event"], line["log_level"]) for line in logs] == [("sandbox_incomplete", "warning")]


def test_what_the_system_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is switched on in the process of the tests: each step fails."""

    def fail(*_: object, **__: object) -> None:
        raise OSError("not here")

    steps: tuple[Callable[..., object], ...] = (
        protections.limit_resources,
        protections.leave_network,
        protections.drop_capabilities,
        protections.set_no_new_privileges,
        protections.restrict_files,
        protections.forbid_system_calls,
    )
    for step in steps:
        monkeypatch.setattr(protections, step.__name__, fail)
    assert protect(tmp_path, Access()) == ()
    monkeypatch.setattr(protections, "limit_resources", lambda: None)
    assert protect(tmp_path, Access()) == (Protection.LIMITS,)
