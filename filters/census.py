"""How many people a gallery holds, without opening any net: for those who only want to tell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


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
