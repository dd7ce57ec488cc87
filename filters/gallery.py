"""The operator's gallery of people who must not be animated: embeddings and names, never a photo."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from filters.embeddings.base import Likeness
from pipeline.arrays import Float


class GalleryError(Exception):
    """A gallery that can't be used; the message says what to do next."""


@dataclass(frozen=True, slots=True)
class Census:
    """`pack`: the nets that made the gallery, "" where there is none yet. `faces`: photos of all its people."""

    pack: str
    people: int
    faces: int


def census(path: Path) -> Census:
    """Count the gallery in `path`; one that is not there is not made, and holds nobody. Raises GalleryError."""
    if not path.exists():
        return Census("", 0, 0)
    query = "SELECT pack, (SELECT count(*) FROM people), (SELECT count(*) FROM faces) FROM gallery"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as base:
            found = base.execute(query).fetchone()
    except sqlite3.Error as error:
        raise GalleryError(f"can't read the gallery ({type(error).__name__}): check the path and its rights") from None
    return Census(*found) if found else Census("", 0, 0)


NEAREST: Final = 32  # looked at more closely; a person may have several photos

_SCHEMA = """
CREATE TABLE IF NOT EXISTS gallery (pack TEXT NOT NULL, sizes TEXT NOT NULL, change INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS faces (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    first BLOB NOT NULL, rest BLOB NOT NULL, added REAL NOT NULL);
CREATE INDEX IF NOT EXISTS faces_of ON faces (person);
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the gallery. `added`: of the newest photo, seconds since 1970."""

    name: str
    faces: int
    added: float


@dataclass(frozen=True, slots=True)
class Near:
    """An entry near a face. `distances`: Euclidean between unit vectors, 0..2, one a net."""

    name: str
    distances: tuple[float, ...]


class Gallery:
    """A gallery in an SQLite file; several processes may have it open, and see each other's changes.

    It belongs to the `pack` of nets that made its embeddings: opened for another one it raises GalleryError. The first
    vectors are held in memory as float16 (256 bytes a photo with the open pack) and searched exactly: a filter that
    must not miss somebody does not search approximately. Methods may be called from any thread.
    """

    def __init__(self, path: Path, pack: str, sizes: Sequence[int]) -> None:
        self._sizes = tuple(sizes)
        self._door = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._prepare(pack)
        except (OSError, sqlite3.Error) as error:
            raise GalleryError(
                f"can't open the gallery ({type(error).__name__}): check the path and its rights"
            ) from None
        self._change = -1
        self._ids = np.zeros(0, np.int64)
        self._first = np.zeros((0, self._sizes[0]), np.float16)

    def add(self, name: str, likenesses: Sequence[Likeness]) -> int:
        """Add faces of a person; how many that person has now. ValueError: no name, or vectors of another pack."""
        name = " ".join(name.split())
        if not name or not likenesses:
            raise ValueError("a person has a name and at least one face")
        rows = [self._row(likeness) for likeness in likenesses]
        with self._changing():
            self._base.execute("INSERT OR IGNORE INTO people (name) VALUES (?)", (name,))
            (person,) = self._one("SELECT id FROM people WHERE name = ?", name)
            now = time.time()
            self._base.executemany(
                "INSERT INTO faces (person, first, rest, added) VALUES (?, ?, ?, ?)",
                [(person, *row, now) for row in rows],
            )
            (count,) = self._one("SELECT count(*) FROM faces WHERE person = ?", person)
        return int(count)

    def remove(self, name: str) -> int:
        """Forget a person; how many faces there were, 0 where there is no such name."""
        with self._changing():
            found = self._one("SELECT id FROM people WHERE name = ?", " ".join(name.split()))
            if found is None:
                return 0
            (count,) = self._one("SELECT count(*) FROM faces WHERE person = ?", *found)
            self._base.execute("DELETE FROM people WHERE id = ?", found)
        return int(count)

    def people(self) -> tuple[Person, ...]:
        """Everybody, by name."""
        with self._door:
            rows = self._base.execute(
                "SELECT name, count(*), max(added) FROM people JOIN faces ON person = people.id"
                " GROUP BY people.id ORDER BY name"
            ).fetchall()
        return tuple(Person(*row) for row in rows)

    def __len__(self) -> int:
        """How many faces there are."""
        with self._door:
            return int(self._one("SELECT count(*) FROM faces")[0])

    def nearest(self, likeness: Likeness, count: int = NEAREST) -> tuple[Near, ...]:
        """The entries whose first vectors are nearest, the nearest first."""
        with self._door:
            self._refresh()
            found = [int(self._ids[place]) for place in _search(self._first, likeness.vectors[0], count)]
            query = "SELECT name, first, rest FROM faces JOIN people ON people.id = person WHERE faces.id = ?"
            rows = [self._one(query, key) for key in found]
        return tuple(Near(name, self._distances(first + rest, likeness)) for name, first, rest in filter(None, rows))

    def close(self) -> None:
        with self._door:
            self._base.close()

    def _prepare(self, pack: str) -> None:
        # a page of 4 KiB holds one face only
        for line in (
            "PRAGMA page_size=16384",
            "PRAGMA journal_mode=WAL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA secure_delete=ON",
        ):
            self._base.execute(line).close()
        self._base.executescript(_SCHEMA).close()
        sizes = "+".join(map(str, self._sizes))
        with self._transaction():
            known = self._one("SELECT pack, sizes FROM gallery")
            if known is None:
                self._base.execute("INSERT INTO gallery VALUES (?, ?, 0)", (pack, sizes))
        if known is not None and known != (pack, sizes):
            self._base.close()
            raise GalleryError(
                f"the gallery was made with the pack {known[0]}, in force is {pack}: fill a new one from the photos"
            )

    def _row(self, likeness: Likeness) -> tuple[bytes, bytes]:
        if tuple(vector.shape for vector in likeness.vectors) != tuple((size,) for size in self._sizes):
            raise ValueError(f"vectors of {self._sizes} numbers are wanted")
        first, *rest = (vector.astype(np.float16).tobytes() for vector in likeness.vectors)
        return first, b"".join(rest)

    def _distances(self, blob: bytes, likeness: Likeness) -> tuple[float, ...]:
        stored = np.split(np.frombuffer(blob, np.float16).astype(np.float32), np.cumsum(self._sizes)[:-1])
        pairs = zip(stored, likeness.vectors, strict=True)
        return tuple(float(np.linalg.norm(one - other)) for one, other in pairs)

    def _refresh(self) -> None:
        """Read the first vectors anew where another process, or we, changed the gallery."""
        (change,) = self._one("SELECT change FROM gallery")
        if change == self._change:
            return
        (count,) = self._one("SELECT count(*) FROM faces")
        ids, vectors = np.zeros(count, np.int64), np.zeros((count, self._sizes[0]), np.float16)
        with closing(self._base.execute("SELECT id, first FROM faces ORDER BY id")) as rows:
            for place, (key, blob) in enumerate(rows):
                ids[place], vectors[place] = key, np.frombuffer(blob, np.float16)
        self._change, self._ids, self._first = change, ids, vectors

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._door, self._transaction():
            yield
            self._base.execute("UPDATE gallery SET change = change + 1")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def _one(self, query: str, *values: Any) -> Any:
        return self._base.execute(query, values).fetchone()


def _search(matrix: Any, vector: Float, count: int) -> list[int]:
    """Rows of `matrix` (float16 n×d) nearest to `vector`, exactly."""
    if not len(matrix):
        return []
    from usearch.index import MetricKind, search  # noqa: PLC0415  (only where there is a gallery)

    found = search(matrix, vector.astype(np.float16), min(count, len(matrix)), MetricKind.L2sq, exact=True)
    return [int(key) for key in np.atleast_1d(found.keys)]


__all__ = ["NEAREST", "Gallery", "GalleryError", "Near", "Person"]
