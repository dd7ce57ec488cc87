"""`python -m skill.database.snapshot`: the tables as SQL files, of which new databases are made.

A file of each revision and database; the tests hold that the newest ones say what `skill.database.schema` declares and
what the migrations lead to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from skill.database.revision import HEAD, SNAPSHOTS


def snapshot(database: str) -> str:
    """The statements that make all tables.

    Args:
        database: "sqlite" or "postgresql".
    """
    from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415  (not needed by the service)
    from sqlalchemy.schema import CreateIndex, CreateTable  # noqa: PLC0415

    from skill.database.schema import METADATA  # noqa: PLC0415

    dialect = {"sqlite": sqlite, "postgresql": postgresql}[database].dialect()
    parts = [
        element(part, if_not_exists=True).compile(dialect=dialect)
        for table in METADATA.sorted_tables
        for element, part in (
            (CreateTable, table),
            *((CreateIndex, index) for index in sorted(table.indexes, key=lambda one: str(one.name))),
        )
    ]
    return "".join(f"{_tidy(str(part))};\n" for part in parts)


def write_snapshots(folder: Path = SNAPSHOTS) -> None:
    """Write the files of this revision."""
    for database in ("sqlite", "postgresql"):
        (folder / f"{HEAD}.{database}.sql").write_text(snapshot(database), encoding="utf-8")


def _tidy(statement: str) -> str:
    lines = (line.strip() for line in statement.strip().splitlines())
    return " ".join(line for line in lines if line).replace("( ", "(").replace(" )", ")")


_MODULE: Final = "__main__"
if __name__ == _MODULE:
    write_snapshots()
