from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from skill.service_address import note_address, running_address

ADDRESS = "http://127.0.0.1:8123"


def test_an_address_is_there_while_the_service_runs(tmp_path: Path) -> None:
    assert running_address(tmp_path) is None
    with note_address(tmp_path, ADDRESS):
        assert running_address(tmp_path) == ADDRESS
        assert (tmp_path / "address").stat().st_mode & 0o777 == 0o600
    assert running_address(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_services_stays(tmp_path: Path) -> None:
    with note_address(tmp_path, ADDRESS):
        with note_address(tmp_path, "http://127.0.0.1:1"):
            assert running_address(tmp_path) == ADDRESS
        assert running_address(tmp_path) == ADDRESS


def test_a_killed_service_is_not_believed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from skill.service_address import note_address\n"
        "with note_address(Path(sys.argv[1]), 'http://127.0.0.1:1'): time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    while running_address(tmp_path) is None:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert (tmp_path / "address").exists()
    assert running_address(tmp_path) is None
    with note_address(tmp_path, ADDRESS):
        assert running_address(tmp_path) == ADDRESS
