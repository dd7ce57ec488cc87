"""Files of the rendering process: models to read, a gallery whose files stay, whoever else opens it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from skill.render_access import find_access
from skill.settings import PhotoSettings
from weights.store import default_root


def test_the_gallery_is_there_with_its_files_and_stays(tmp_path: Path) -> None:
    gallery = tmp_path / "gallery.db"
    gallery.touch(0o600)
    access = find_access(PhotoSettings(gallery=gallery))
    assert access.readable == (default_root(),)
    assert access.writable == (gallery, gallery.with_name("gallery.db-wal"), gallery.with_name("gallery.db-shm"))
    numbers = [path.stat().st_ino for path in access.writable]
    assert gallery.stat().st_mode & 0o777 == 0o600
    for _ in range(2):
        with closing(sqlite3.connect(gallery)) as other:
            other.execute("CREATE TABLE IF NOT EXISTS people (name TEXT)").close()
            other.execute("INSERT INTO people VALUES ('x')").close()
            other.commit()
    assert [path.stat().st_ino for path in access.writable] == numbers


def test_a_pack_of_nets_is_read_too(tmp_path: Path) -> None:
    chosen = PhotoSettings(gallery=tmp_path / "gallery.db", faces=f"insightface:{tmp_path}/pack")
    assert find_access(chosen).readable == (default_root(), tmp_path / "pack")


def test_a_gallery_that_can_not_be_opened_is_noticed_later(tmp_path: Path) -> None:
    """By the filters, which refuse every photo then."""
    (tmp_path / "gallery.db").mkdir()
    assert find_access(PhotoSettings(gallery=tmp_path / "gallery.db")).writable
