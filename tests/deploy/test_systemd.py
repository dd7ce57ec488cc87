"""The units of systemd: systemd reads them, they are hardened, and they leave the service its time to end."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skill.app import _PATIENCE
from skill.jobs.worker import WorkerTiming
from skill.settings import Settings
from skill.settings.environment import check_names

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
PROGRAM = "/opt/ozhivi/venv/bin/ozhivi"
MOST_EXPOSED = 20  # in tenths of systemd's 0 to 10, from safe to unsafe
KILLED = 2  # seconds that the end of the rendering process may take after its time


@pytest.fixture(params=SERVICES, ids=[unit.name for unit in SERVICES])
def unit(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture
def analyze() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    return program


def values(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_units() -> None:
    assert [unit.name for unit in SERVICES] == ["ozhivi-worker@.service", "ozhivi.service"]


@pytest.mark.parametrize("drop_in", [False, True], ids=["cpu", "gpu"])
def test_systemd_reads_them(unit: Path, drop_in: bool, analyze: str, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable), encoding="utf-8")
    if drop_in:
        (tmp_path / f"{unit.name}.d").mkdir()
        shutil.copy(UNITS / "gpu.conf", tmp_path / f"{unit.name}.d")
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "ozhivi" in line or str(tmp_path) in line]
    assert (done.returncode, ours) == (0, [])


def test_what_systemd_can_not_read_is_caught(analyze: str, tmp_path: Path) -> None:
    copy = tmp_path / "ozhivi.service"
    copy.write_text("[Service]\nExecStart=/no/such/program\nProtectSystme=strict\n", encoding="utf-8")
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "ProtectSystme" in done.stderr


def test_they_are_hardened(unit: Path, analyze: str) -> None:
    command = [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_they_wait_for_the_drain(unit: Path) -> None:
    (stop,) = values(unit, "TimeoutStopSec")
    assert int(stop) > max(WorkerTiming().grace, _PATIENCE) + KILLED + 5


def test_the_reader_of_photos_can_confine_itself(unit: Path) -> None:
    (spaces,), (calls,) = values(unit, "RestrictNamespaces"), values(unit, "SystemCallFilter")
    assert {"user", "net"} <= set(spaces.split())
    assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"} <= set(calls.split())


def test_settings_are_known(unit: Path) -> None:
    texts = [unit, UNITS / "ozhivi.env.example"]
    names = {name for text in texts for name in re.findall(r"\bOZHIVI_[A-Z0-9_]+", text.read_text(encoding="utf-8"))}
    assert len(names) > 5
    check_names(names, Settings.model_fields)


def test_both_run_with_the_same_protections() -> None:
    first, second = (
        {
            line
            for line in unit.read_text(encoding="utf-8").splitlines()
            if re.match(r"(?!Exec|Task|Desc|After)\w+=", line)
        }
        for unit in SERVICES
    )
    assert first == second
