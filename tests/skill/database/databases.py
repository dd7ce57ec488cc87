"""Databases for the tests: a new file, or an empty database of the tests' own PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skill.database.database import Database
from skill.database.postgres import PostgresDialect
from skill.database.revision import DATABASE_FILE
from skill.database.sqlite import SqliteDialect


def sqlite_database(folder: Path, clock: Callable[[], float] | None = None, *, patience: float = 4.0) -> Database:
    """The file of a data folder, which is made with the first question."""
    return Database(SqliteDialect(folder / DATABASE_FILE), clock, patience=patience)


def postgres_database(dsn: str, clock: Callable[[], float] | None = None, *, patience: float = 4.0) -> Database:
    """A database that has the tables."""
    return Database(PostgresDialect(dsn), clock, patience=patience)
