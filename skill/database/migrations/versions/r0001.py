"""All tables of one database. Those of the queue may be there: version 0.1.0 had them in PostgreSQL.

`ozhivi_version` of that version stays, so that its workers go on while the others are replaced.
"""

from __future__ import annotations

from alembic import op

from skill.database.revision import SNAPSHOTS

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is missing."""
    database = op.get_bind().dialect.name
    if database == "postgresql":
        for column in ("household", "trace"):
            op.execute(f"ALTER TABLE IF EXISTS ozhivi_jobs ADD COLUMN IF NOT EXISTS {column} TEXT NOT NULL DEFAULT ''")
    for line in filter(str.strip, (SNAPSHOTS / f"{revision}.{database}.sql").read_text("utf-8").split(";\n")):
        op.execute(line)
