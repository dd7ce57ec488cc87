from __future__ import annotations

import os
import time
from pathlib import Path

from skill.web.incoming import STALE_SECONDS, sweep_incoming


def test_remains_of_a_crash_are_swept(tmp_path: Path) -> None:
    old, folder, fresh = tmp_path / "photo-old", tmp_path / "again-old", tmp_path / "photo-new"
    old.touch()
    folder.mkdir()
    (folder / "photo").touch()
    fresh.touch()
    long_ago = time.time() - STALE_SECONDS - 1
    for path in (old, folder):
        os.utime(path, (long_ago, long_ago))
    sweep_incoming(tmp_path)
    assert list(tmp_path.iterdir()) == [fresh]
