from __future__ import annotations

import stat
from pathlib import Path

from skill.jobs.scratch import job_folder, scratch_folder


def test_folders_are_private_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "work") as scratch, job_folder(scratch) as folder:
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "work", scratch, folder)]
        assert modes == [0o700] * 3
        (folder / "photo").touch()
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_dead_process_left_is_deleted_and_what_is_in_use_stays(tmp_path: Path) -> None:
    left = tmp_path / "worker-dead"
    left.mkdir()
    (left / "photo").touch()
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert first.exists() and second.exists() and not left.exists()
