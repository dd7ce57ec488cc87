"""The end of what is past its time: it goes from all tables, a batch at a time, so that others get in between.

Jobs and pictures in cards are not among it: they end together with files.
"""

from __future__ import annotations

from typing import Final

from skill import guess_pace
from skill.database.database import Database
from skill.database.transaction import Statement, bind

PURGE_SECONDS: Final = 60.0
"""Seconds between two purges."""
_BATCH: Final = 1000
"""Rows that one transaction deletes, about."""
DATED: Final = (
    *("tickets", "consents", "talks", "wishes", "invitations", "origins", "wrong_digits", "explained", "replies"),
    *("codes", "access", "refresh", "pairs", "requests"),
)
"""Names of the tables whose rows go when they expire."""
_PURGE_GUESSES: Final = "DELETE FROM ozhivi_guesses WHERE at <= :now - :day"
_PURGE_FAMILIES: Final = """
    DELETE FROM ozhivi_families WHERE NOT EXISTS (SELECT 1 FROM ozhivi_access WHERE family = ozhivi_families.id)
        AND NOT EXISTS (SELECT 1 FROM ozhivi_refresh WHERE family = ozhivi_families.id)
"""


async def purge(database: Database) -> None:
    """Delete what is past its time, also from the database's log. Raises DatabaseDownError."""
    for name in DATED:
        while (await database.change(purge_batch(f"ozhivi_{name}", _BATCH), durable=False))[0].number > _BATCH:
            pass
    await database.change(bind(_PURGE_GUESSES, day=guess_pace.DAY), bind(_PURGE_FAMILIES), durable=False)
    await database.erase()


def purge_batch(table: str, most: int) -> Statement:
    """The statement that deletes what is past its time in a table with a column `expires`: more rows than `most` where
    there may be further ones.

    Args:
        table: its name.
        most: rows to delete, about; those of one time go together.
    """
    line = f"SELECT expires FROM {table} WHERE expires <= :now ORDER BY expires LIMIT 1 OFFSET :most"
    return bind(f"DELETE FROM {table} WHERE expires <= coalesce(({line}), :now)", most=most)
