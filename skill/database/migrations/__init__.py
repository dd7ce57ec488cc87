"""Alembic's migrations of the tables, one module of `versions` each; `skill.database.upgrade` runs them."""
