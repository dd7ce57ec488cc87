from __future__ import annotations

import stat
from pathlib import Path

from skill.jobs.scratch import room, scratch


def test_folders_are_private_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch(tmp_path / "work") as folder, room(folder) as place:
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "work", folder, place)]
        assert modes == [0o700] * 3
        (place / "photo").touch()
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_dead_process_left_is_deleted_and_what_is_in_use_stays(tmp_path: Path) -> None:
    left = tmp_path / "worker-dead"
    left.mkdir()
    (left / "photo").touch()
    with scratch(tmp_path) as first, scratch(tmp_path) as second:
        assert first.exists() and second.exists() and not left.exists()
