"""A transaction as the stores see it: SQL with named parameters, the same on both databases.

Statements are text in what SQLite and PostgreSQL have in common, and in PostgreSQL's words where they differ: row locks
(`FOR UPDATE`, `SKIP LOCKED`) are dropped for SQLite, whose transactions have the file for themselves. Not SQLAlchemy's
expressions: on the way from one to the driver a statement costs 23 µs where the driver needs 2.4, and a turn of the
dialog runs about fifteen (docs/database.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

Row = tuple[Any, ...]


class Statement(NamedTuple):
    """A statement and its parameters. One that is named `now` is there by itself: seconds since 1970, by the database's
    clock."""

    sql: str
    """The text, with parameters as `:name`."""
    values: Mapping[str, object]
    """The parameters by name; others may be among them."""


class Answer(NamedTuple):
    """The rows and the effect of a statement."""

    rows: list[Row]
    """The rows of a query, or of a change that returns some."""
    number: int
    """The number of rows that it found or changed."""


def bind(sql: str, **values: object) -> Statement:
    """The statement with these parameters."""
    return Statement(sql, values)


class Transaction:
    """Statements that are done as a whole or not at all; for the thread of its connection alone.

    Args:
        run: Sends statements on the connection and waits for their answers.
        now: See `now`.
    """

    __slots__ = ("_run", "now")

    def __init__(self, run: Callable[[Sequence[Statement]], list[Answer]], now: float) -> None:
        self._run = run
        self.now: Final = now
        """Seconds since 1970 when it began, by the database's clock; statements know it as `:now`."""

    def run(self, sql: str, **values: object) -> int:
        """Run a statement; the number of rows that changed."""
        return self._one(sql, values).number

    def rows(self, sql: str, **values: object) -> list[Row]:
        """The rows of a query, or of a change that returns some."""
        return self._one(sql, values).rows

    def row(self, sql: str, **values: object) -> Row | None:
        """The only row; None where there is none."""
        found = self._one(sql, values).rows
        return found[0] if found else None

    def value(self, sql: str, **values: object) -> Any:
        """The first column of the only row; None where there is none."""
        found = self._one(sql, values).rows
        return found[0][0] if found else None

    def many(self, statements: Sequence[Statement]) -> list[Answer]:
        """The answers to several statements, for one way to the server and back."""
        return self._run([Statement(sql, {"now": self.now, **values}) for sql, values in statements])

    def _one(self, sql: str, values: Mapping[str, object]) -> Answer:
        return self._run((Statement(sql, {"now": self.now, **values}),))[0]


def upsert(table: str, key: str, *columns: str, **computed: str) -> str:
    """The statement that inserts a row or overwrites the one with its key, of the parameters named as the columns.

    Args:
        table: its name.
        key: the columns of its primary key, by ", ".
        columns: the others.
        computed: those that are not simply a parameter, and what they become.
    """
    changed = (*columns, *computed)
    listed = ", ".join(f'"{name}"' for name in (*key.split(", "), *changed))
    given = ", ".join((*(f":{name}" for name in (*key.split(", "), *columns)), *computed.values()))
    keys = ", ".join(f'"{name}"' for name in key.split(", "))
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    return f"INSERT INTO {table} ({listed}) VALUES ({given}) ON CONFLICT ({keys}) DO UPDATE SET {updates}"
