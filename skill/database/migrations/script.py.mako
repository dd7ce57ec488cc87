"""${message}."""

from __future__ import annotations

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """What older nodes do goes on: new columns have a default, nothing that they use goes."""
    ${upgrades if upgrades else "pass"}
