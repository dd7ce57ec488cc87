"""Files that the rendering process needs: the models, and the gallery of people who are not animated."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from skill.sandbox.access import Access
from skill.settings import PhotoSettings
from weights.store import default_root

# kept open as long as the process lives: the last connection that is closed deletes the files beside the gallery, and
# another process, as `ozhivi gallery`, would make other ones, which this process may not open
_HELD: Final[list[sqlite3.Connection]] = []


def find_access(settings: PhotoSettings) -> Access:
    """The files for these settings; called in the process before its protections are switched on."""
    readable = [default_root()]
    _, _, pack = settings.faces.partition(":")
    if pack:
        readable.append(Path(pack).expanduser())
    return Access(tuple(readable), _hold_gallery(settings.gallery, create="gallery" not in settings.model_fields_set))


def _hold_gallery(path: Path, *, create: bool) -> tuple[Path, ...]:
    """The gallery's files, which are all there afterwards; what is wrong with them is noticed when it is opened.

    Args:
        path: Of the gallery.
        create: Whether it is made where there is none; one that the operator has set must be there.
    """
    with suppress(OSError, sqlite3.Error):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        elif not path.exists():
            return (path,)
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        _HELD.append(connection)
        # as `filters.gallery` does; that module needs numpy, which starts threads
        for line in ("PRAGMA page_size=16384", "PRAGMA journal_mode=WAL", "SELECT count(*) FROM sqlite_master"):
            with closing(connection.execute(line)) as rows:
                rows.fetchall()
    return (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm")))
