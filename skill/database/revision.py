"""The revision of the tables that this program works with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

HEAD: Final = "0001"
"""The newest revision, as the migrations name it; raise it with each of them."""
SNAPSHOTS: Final = Path(__file__).with_name("snapshots")
"""Folder of the SQL files that make a new database."""
DATABASE_FILE: Final = "ozhivi.db"
"""Name of the SQLite file in the data folder."""
VERSION_TABLE: Final = "ozhivi_schema"
"""Alembic's table, with the revision in its column version_num."""
UPGRADE: Final = "ozhivi db upgrade"
"""The command that makes or changes the tables."""


def creation(database: str) -> list[str]:
    """Statements that make all tables of HEAD in an empty database, and note the revision.

    Args:
        database: "sqlite" or "postgresql".
    """
    script = (SNAPSHOTS / f"{HEAD}.{database}.sql").read_text(encoding="utf-8")
    return [
        *filter(str.strip, script.split(";\n")),
        f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
        f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{HEAD}')",
    ]


def fault(found: str) -> str:
    """The reason why this program does not work on tables of this revision; empty where it does.

    Args:
        found: the revision of the tables; empty where there are none.
    """
    if found == HEAD:
        return ""
    if found > HEAD:
        return f"the tables are of a later version of ozhivi ({found}): install that one"
    return f"the tables are {f'of an older version ({found})' if found else 'not there'}: run {UPGRADE}"
