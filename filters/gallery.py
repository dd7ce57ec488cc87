"""The operator's gallery of people who must not be animated: embeddings and names, never a photo."""

from __future__ import annotations

import sqlite3
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from filters.embeddings.base import FaceEmbedding
from filters.errors import GalleryError
from filters.gallery_cipher import GalleryCipher, is_encrypted, mark_encrypted, open_cipher
from pipeline.arrays import Float

NEAREST: Final = 32  # entries that are looked at more closely; a person may have several photos

_SCHEMA = """
CREATE TABLE IF NOT EXISTS gallery (pack TEXT NOT NULL, sizes TEXT NOT NULL, change INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS people (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS faces (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
    first BLOB NOT NULL, rest BLOB NOT NULL, added REAL NOT NULL);
CREATE INDEX IF NOT EXISTS faces_of ON faces (person);
CREATE TABLE IF NOT EXISTS encryption (proof BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class GallerySummary:
    """The size of a gallery, and the nets that made it."""

    pack: str
    """The pack of nets that made the gallery; "" where there is none yet."""
    people: int
    """The number of people."""
    photos: int
    """The number of photos, of all people together."""
    encrypted: bool = False
    """Whether names and embeddings are encrypted."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the gallery."""

    name: str
    """The name that the operator gave."""
    photos: int
    """The number of photos of that person."""
    added: float
    """The time of the newest photo, seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry near a face."""

    name: str
    """The name of the person."""
    distances: tuple[float, ...]
    """The Euclidean distances between the vectors of unit length, 0..2, one of each net."""


def summarize_gallery(path: Path, key: str = "") -> GallerySummary:
    """Count the gallery in a file; one that is not there is not made, and holds nobody.

    Raises:
        GalleryError: The file can't be read, is no gallery, or is encrypted otherwise than with this key.
    """
    query = "SELECT pack, (SELECT count(*) FROM people), (SELECT count(*) FROM faces) FROM gallery"
    try:
        if not path.exists():
            return GallerySummary("", 0, 0)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            found = connection.execute(query).fetchone()
            if found:
                open_cipher(connection, key)
                pack, people, photos = found
                return GallerySummary(pack, people, photos, is_encrypted(connection))
    except (OSError, sqlite3.Error) as error:
        raise GalleryError(f"can't read the gallery ({type(error).__name__}): check the path and its rights") from None
    return GallerySummary("", 0, 0)


class Gallery:
    """A gallery in an SQLite file; several processes may have it open, and see each other's changes.

    The first vectors are held in memory as float16 (256 bytes a photo with the open pack) and searched exactly: a
    filter that must not miss somebody does not search approximately. Methods may be called from any thread.

    Args:
        path: The file; it is made where there is none, readable for its owner only.
        pack: The pack of nets that makes the embeddings; a gallery belongs to one pack.
        sizes: The sizes of the vectors of that pack.
        key: The operator's secret, with which names and vectors are encrypted in the file; "" for a plain one.

    Raises:
        GalleryError: The file can't be opened, belongs to another pack, or is encrypted otherwise than with this key.
    """

    def __init__(self, path: Path, pack: str, sizes: Sequence[int], key: str = "") -> None:
        self._sizes = tuple(sizes)
        self._cipher: GalleryCipher | None = None
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            with ExitStack() as undo:
                undo.callback(self._connection.close)
                self._prepare(pack, key)
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise GalleryError(
                f"can't open the gallery ({type(error).__name__}): check the path and its rights"
            ) from None
        self._change = -1
        self._ids = np.zeros(0, np.int64)
        self._first = np.zeros((0, self._sizes[0]), np.float16)

    def add(self, name: str, embeddings: Sequence[FaceEmbedding]) -> int:
        """Add faces of a person, and return the number of faces which that person has now.

        Raises:
            ValueError: The name is blank, there is no face, or the vectors are those of another pack.
        """
        name = _spell(name)
        if not name or not embeddings:
            raise ValueError("a person has a name and at least one face")
        rows = [self._encode(embedding) for embedding in embeddings]
        with self._change_gallery():
            self._connection.execute("INSERT OR IGNORE INTO people (name) VALUES (?)", (self._hide_name(name),))
            (person,) = self._fetch_one("SELECT id FROM people WHERE name = ?", self._hide_name(name))
            now = time.time()
            self._connection.executemany(
                "INSERT INTO faces (person, first, rest, added) VALUES (?, ?, ?, ?)",
                [(person, *row, now) for row in rows],
            )
            (count,) = self._fetch_one("SELECT count(*) FROM faces WHERE person = ?", person)
        return int(count)

    def remove(self, name: str) -> int:
        """Delete a person, and return the number of faces that are gone; 0 where there is no such name."""
        with self._change_gallery():
            found = self._fetch_one("SELECT id FROM people WHERE name = ?", self._hide_name(_spell(name)))
            if found is None:
                return 0
            (count,) = self._fetch_one("SELECT count(*) FROM faces WHERE person = ?", *found)
            self._connection.execute("DELETE FROM people WHERE id = ?", found)
        return int(count)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the gallery, ordered by name."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT name, count(*), max(added) FROM people JOIN faces ON person = people.id GROUP BY people.id"
            ).fetchall()
        return tuple(sorted((Person(self._show_name(name), *row) for name, *row in rows), key=lambda one: one.name))

    def __len__(self) -> int:
        """The number of faces, of all people together."""
        with self._lock:
            return int(self._fetch_one("SELECT count(*) FROM faces")[0])

    def find_nearest(self, embedding: FaceEmbedding, count: int = NEAREST) -> tuple[Neighbour, ...]:
        """The at most `count` entries whose first vectors are nearest to that of a face, the nearest first."""
        with self._lock:
            self._refresh()
            keys = [int(self._ids[place]) for place in _search(self._first, embedding.vectors[0], count)]
            query = "SELECT name, first, rest FROM faces JOIN people ON people.id = person WHERE faces.id = ?"
            rows = [self._fetch_one(query, key) for key in keys]
        found = filter(None, rows)  # another process may have removed one
        return tuple(
            Neighbour(
                self._show_name(name),
                self._distances(self._show(first, "first") + self._show(rest, "rest"), embedding),
            )
            for name, first, rest in found
        )

    def close(self) -> None:
        """Close the file; no other method may be called afterwards."""
        with self._lock:
            self._connection.close()

    def _prepare(self, pack: str, key: str) -> None:
        # a page of 4 KiB holds one face only
        for line in (
            "PRAGMA page_size=16384",
            "PRAGMA journal_mode=WAL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA secure_delete=ON",
        ):
            self._connection.execute(line).close()
        self._connection.executescript(_SCHEMA).close()
        sizes = "+".join(map(str, self._sizes))
        with self._transaction():
            known = self._fetch_one("SELECT pack, sizes FROM gallery")
            if known is None:
                self._connection.execute("INSERT INTO gallery VALUES (?, ?, 0)", (pack, sizes))
        if known is not None and known != (pack, sizes):
            raise GalleryError(
                f"the gallery was made with the pack {known[0]}, in force is {pack}: fill a new one from the photos"
            )
        with self._transaction():
            self._cipher = open_cipher(self._connection, key)
            if self._cipher and not is_encrypted(self._connection):
                mark_encrypted(self._connection, self._cipher)

    def _hide_name(self, name: str) -> str | bytes:
        return self._cipher.encrypt(name.encode(), "name") if self._cipher else name

    def _show_name(self, stored: Any) -> str:
        return self._cipher.decrypt(stored, "name").decode() if self._cipher else str(stored)

    def _show(self, stored: bytes, purpose: str) -> bytes:
        return self._cipher.decrypt(stored, purpose) if self._cipher else stored

    def _encode(self, embedding: FaceEmbedding) -> tuple[bytes, bytes]:
        if tuple(vector.shape for vector in embedding.vectors) != tuple((size,) for size in self._sizes):
            raise ValueError(f"vectors of {self._sizes} numbers are wanted")
        first, *others = (vector.astype(np.float16).tobytes() for vector in embedding.vectors)
        rest = b"".join(others)
        if self._cipher:
            return self._cipher.encrypt(first, "first"), self._cipher.encrypt(rest, "rest")
        return first, rest

    def _distances(self, blob: bytes, embedding: FaceEmbedding) -> tuple[float, ...]:
        stored = np.split(np.frombuffer(blob, np.float16).astype(np.float32), np.cumsum(self._sizes)[:-1])
        pairs = zip(stored, embedding.vectors, strict=True)
        return tuple(float(np.linalg.norm(one - other)) for one, other in pairs)

    def _refresh(self) -> None:
        """Read the first vectors anew where another process, or we, changed the gallery."""
        (change,) = self._fetch_one("SELECT change FROM gallery")
        if change == self._change:
            return
        (count,) = self._fetch_one("SELECT count(*) FROM faces")
        ids, vectors = np.zeros(count, np.int64), np.zeros((count, self._sizes[0]), np.float16)
        with closing(self._connection.execute("SELECT id, first FROM faces ORDER BY id")) as rows:
            for place, (key, blob) in enumerate(rows):
                ids[place], vectors[place] = key, np.frombuffer(self._show(blob, "first"), np.float16)
        self._change, self._ids, self._first = change, ids, vectors

    @contextmanager
    def _change_gallery(self) -> Iterator[None]:
        with self._lock, self._transaction():
            yield
            self._connection.execute("UPDATE gallery SET change = change + 1")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _fetch_one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()


def _spell(name: str) -> str:
    """A name in one spelling: single spaces, and й as one character, which folders of a Mac have as two."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _search(matrix: Any, vector: Float, count: int) -> list[int]:
    """Rows of `matrix` (float16 n×d) nearest to `vector`, exactly."""
    if not len(matrix):
        return []
    from usearch.index import MetricKind, search  # noqa: PLC0415  (only where there is a gallery)

    found = search(matrix, vector.astype(np.float16), min(count, len(matrix)), MetricKind.L2sq, exact=True)
    return [int(key) for key in np.atleast_1d(found.keys)]
