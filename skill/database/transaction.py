"""A transaction as the stores see it: SQL with named parameters, the same on both databases.

Statements are text in what SQLite and PostgreSQL have in common, and in PostgreSQL's words where they differ: row locks
(`FOR UPDATE`, `SKIP LOCKED`) are dropped for SQLite, whose transactions have the file for themselves. Not SQLAlchemy's
expressions: on the way from one to the driver a statement costs 23 µs where the driver needs 2.4, and a turn of the
dialog runs about twenty (docs/database.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import Any, Final

Translate = Callable[[str], str]
"""A statement as the driver takes it."""
Together = Callable[[Any], AbstractContextManager[object]]
"""For a connection, a block whose statements are sent at once and answered at once."""


class Transaction:
    """Statements that are done as a whole or not at all; for the thread of its connection alone.

    Args:
        connection: Of the driver.
        translate: Makes the driver's statement of one of ours.
        now: See `now`.
        together: The driver's way of sending several statements at once.
    """

    __slots__ = ("_connection", "_together", "_translate", "now")

    def __init__(self, connection: Any, translate: Translate, now: float, together: Together = nullcontext) -> None:
        self._connection, self._translate, self._together = connection, translate, together
        self.now: Final = now
        """Seconds since 1970 when it began, by the database's clock."""

    def run(self, sql: str, **values: object) -> int:
        """Run a statement; the number of rows that changed."""
        with closing(self._connection.execute(self._translate(sql), values)) as cursor:
            return int(cursor.rowcount)

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of a query, or of a change that returns some."""
        with closing(self._connection.execute(self._translate(sql), values)) as cursor:
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def row(self, sql: str, **values: object) -> tuple[Any, ...] | None:
        """The only row; None where there is none."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def value(self, sql: str, **values: object) -> Any:
        """The first column of the only row; None where there is none."""
        found = self.rows(sql, **values)
        return found[0][0] if found else None

    def all_rows(self, *queries: str, **values: object) -> list[list[tuple[Any, ...]]]:
        """The rows of each of several queries, with the same parameters, for one way to the server and back."""
        with self._together(self._connection):
            cursors = [self._connection.execute(self._translate(sql), values) for sql in queries]
        found = [cursor.fetchall() for cursor in cursors]
        for cursor in cursors:
            cursor.close()
        return found

    def many(self, sql: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Run a statement once for each mapping of parameters."""
        with closing(self._connection.cursor()) as cursor:
            cursor.executemany(self._translate(sql), rows)


def upsert(table: str, key: str, *columns: str) -> str:
    """The statement that inserts a row or overwrites the one with its key, of the parameters named as the columns.

    Args:
        table: its name.
        key: the columns of its primary key, by ", ".
        columns: the others.
    """
    names = (*key.split(", "), *columns)
    listed = ", ".join(f'"{name}"' for name in names)
    given = ", ".join(f":{name}" for name in names)
    keys = ", ".join(f'"{name}"' for name in key.split(", "))
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    return f"INSERT INTO {table} ({listed}) VALUES ({given}) ON CONFLICT ({keys}) DO UPDATE SET {changed}"


def purge_batch(transaction: Transaction, table: str, most: int) -> int:
    """Delete what is past its time in a table with a column `expires`.

    Args:
        transaction: to do it in.
        table: its name.
        most: rows to delete, about; those of one time go together.

    Returns:
        The number of rows deleted: more than `most` where there may be further ones.
    """
    line = f"SELECT expires FROM {table} WHERE expires <= :now ORDER BY expires LIMIT 1 OFFSET :most"
    line = f"DELETE FROM {table} WHERE expires <= coalesce(({line}), :now)"
    return transaction.run(line, now=transaction.now, most=most)
