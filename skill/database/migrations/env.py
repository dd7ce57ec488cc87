"""Alembic's environment: a connection that `skill.database.upgrade` gives, and the declared tables."""

from __future__ import annotations

from alembic import context

from skill.database.revision import VERSION_TABLE
from skill.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
