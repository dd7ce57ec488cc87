"""The take-over of the SQLite files of versions 0.1.0 and before, which had one for each part of the service."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_FILES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "jobs.db": ("jobs", "durations", "workers"),
        "tickets.db": ("tickets", "links", "ticket_jobs", "tries"),
        "dialog.db": ("consents", "talks", "wanted", "invitations", "jobs", "wrong", "explained"),
        "replies.db": ("replies",),
        "oauth.db": ("families", "codes", "access", "refresh", "pairs", "tries"),
        "images.db": ("images", "doubts", "agreed"),
    }
)
"""File → its tables; a row that others refer to comes before them."""
_RENAMED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("tickets.db", "tries"): "guesses",
        ("dialog.db", "wanted"): "wishes",
        ("dialog.db", "jobs"): "origins",
        ("dialog.db", "wrong"): "wrong_digits",
        ("oauth.db", "tries"): "requests",
    }
)
"""File and table → the name of ours, without its prefix, where it is another."""
_NOTE: Final = "taking-over"
"""File with the number of a take-over that is not finished."""


def old_files(folder: Path) -> list[Path]:
    """The files that are there."""
    return [path for name in _FILES if (path := folder / name).exists()]


def begin(folder: Path) -> int:
    """Note that a take-over begins; the database has to note the same number together with the rows.

    Returns:
        The number, from 1 to 2³¹ - 1.
    """
    number = secrets.randbelow(2**31 - 1) + 1
    (folder / _NOTE).write_text(f"{number}", encoding="ascii")
    return number


def take_over(folder: Path, ours: Any, translate: Callable[[str], str]) -> int:
    """Copy all rows of the old files; the number of them.

    Args:
        folder: of the files; those that are not there have nothing.
        ours: the driver's connection, in a transaction on our empty tables.
        translate: makes the driver's statement of one of ours.

    Raises:
        sqlite3.Error: a file can't be read.
    """
    return sum(_copy(path, ours, translate) for path in old_files(folder))


def finish(folder: Path, number: int) -> bool:
    """Delete the files, where their rows are ours: also after a crash between commit and deletion. They are overwritten
    first, as deleted rows are.

    Args:
        folder: of the files.
        number: of the take-over that the database has noted; 0 for none.

    Returns:
        Whether the folder's rows are ours, and nothing of them is left in it.
    """
    note = folder / _NOTE
    with suppress(FileNotFoundError):
        if number and note.read_text(encoding="ascii") == f"{number}":
            for path in old_files(folder):
                for ending in ("", "-wal", "-shm"):
                    file = path.with_name(path.name + ending)
                    if file.exists():
                        file.write_bytes(bytes(file.stat().st_size))
                        file.unlink(missing_ok=True)
            note.unlink(missing_ok=True)
            return True
    return not old_files(folder)


def _copy(path: Path, ours: Any, translate: Callable[[str], str]) -> int:
    copied = 0
    with closing(sqlite3.connect(path)) as old:
        there = {name for (name,) in old.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for table in (known for known in _FILES[path.name] if known in there):
            name = _RENAMED.get((path.name, table), table)
            with closing(old.execute(f"SELECT * FROM {table}")) as rows, closing(ours.cursor()) as target:
                copied += _copy_rows(rows, target, f"ozhivi_{name}", translate)
    return copied


def _copy_rows(source: sqlite3.Cursor, target: Any, table: str, translate: Callable[[str], str]) -> int:
    columns = [column for column, *_ in source.description]
    names = ", ".join(f'"{column}"' for column in columns)
    given = ", ".join(f":{column}" for column in columns)
    line = translate(f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({given})")
    copied = 0
    while rows := source.fetchmany(1000):
        target.executemany(line, [dict(zip(columns, row, strict=True)) for row in rows])
        copied += len(rows)
    return copied
