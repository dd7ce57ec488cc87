"""Changes of the tables from one version of ozhivi to the next, by Alembic: `ozhivi db`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.schema import SchemaItem

from skill.database.errors import DatabaseDownError
from skill.database.revision import DATABASE_FILE, HEAD, VERSION_TABLE
from skill.database.schema import METADATA
from skill.database.takeover import begin, finish, old_files, take_over
from skill.settings import Settings

_OLDER: Final = "ozhivi_version"
"""Table of version 0.1.0, whose workers still look at it."""

_NOTE_TAKEOVER: Final = {
    "sqlite": "PRAGMA user_version={}",
    "postgresql": f"COMMENT ON TABLE {VERSION_TABLE} IS '{{}}'",
}
"""Statements that note the number of a take-over."""
_NOTED_TAKEOVER: Final = {
    "sqlite": "PRAGMA user_version",
    "postgresql": f"SELECT coalesce(obj_description('{VERSION_TABLE}'::regclass), '0')",
}
"""Queries for that number; 0 for none."""


def current(settings: Settings) -> str:
    """The revision of the tables; empty where there are none. Raises DatabaseDownError."""
    with _connection(settings) as connection:
        return _context(connection).get_current_revision() or ""


def check(settings: Settings) -> list[str]:
    """The differences between the tables and those that this version declares, a line each. Raises
    DatabaseDownError."""
    with _connection(settings) as connection:
        return [str(difference) for difference in compare_metadata(_context(connection), METADATA)]


def upgrade(settings: Settings) -> list[str]:
    """Make or change the tables to what this version needs, and take over what earlier versions kept in files.

    Returns:
        A line for each thing that was done.

    Raises:
        DatabaseDownError: The database does not answer, or there are rows in the way of those of the files.
    """
    done = []
    with _connection(settings) as connection:
        if connection.dialect.name == "postgresql":  # several that begin at once
            connection.execute(text("SELECT pg_advisory_xact_lock(4111)"))
        before = _context(connection).get_current_revision()
        if before != HEAD:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            done.append(f"tables: {before or 'none'} → {HEAD}")
        number = _taken_over(connection)
        if not finish(settings.data_dir, number):
            done.append(f"rows taken over from files of an earlier version: {_take_over(settings, connection)}")
            number = begin(settings.data_dir)
            connection.execute(text(_NOTE_TAKEOVER[connection.dialect.name].format(number)))
    finish(settings.data_dir, number)
    return done


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    """A connection in a transaction that is committed at the end of the block."""
    if settings.queue == "sqlite":
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        (settings.data_dir / DATABASE_FILE).touch(mode=0o600)
        engine = create_engine(f"sqlite:///{settings.data_dir / DATABASE_FILE}")
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA secure_delete=ON").close())
    else:
        import psycopg  # noqa: PLC0415  (may not be there)

        address = settings.postgres.get_secret_value()
        engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(address))
    try:
        with engine.begin() as connection:
            yield connection
    except engine.dialect.loaded_dbapi.Error as error:
        raise DatabaseDownError(f"the database can't be used ({type(error).__name__}): {error}") from error
    finally:
        engine.dispose()


def _context(connection: Connection) -> MigrationContext:
    options = {"version_table": VERSION_TABLE, "include_object": _is_declared}
    return MigrationContext.configure(connection, opts=options)


def _is_declared(_: SchemaItem, name: str | None, kind: str, *__: object) -> bool:
    return not (kind == "table" and name in {_OLDER, "sqlite_sequence"})


def _taken_over(connection: Connection) -> int:
    """The number of the take-over that is done; 0 for none."""
    return int(connection.execute(text(_NOTED_TAKEOVER[connection.dialect.name])).scalar_one())


def _take_over(settings: Settings, connection: Connection) -> int:
    """Copy the rows of the files; rows that have numbers of their own must not meet others."""
    for table in ("tickets", "invitations", "families", "images"):
        if connection.execute(text(f"SELECT 1 FROM ozhivi_{table} LIMIT 1")).first() is not None:
            names = ", ".join(path.name for path in old_files(settings.data_dir))
            raise DatabaseDownError(f"the database is in use already: move {names} out of the data folder")
    raw = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        from skill.database.sqlite import SqliteDialect as Dialect  # noqa: PLC0415
    else:
        from skill.database.postgres import PostgresDialect as Dialect  # type: ignore[assignment]  # noqa: PLC0415
    copied = take_over(settings.data_dir, raw, Dialect.translate)
    if connection.dialect.name == "postgresql":  # numbers go on after those that were copied
        for column in (column for table in METADATA.sorted_tables for column in table.primary_key if column.identity):
            table, key = column.table.name, column.name
            line = f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), coalesce(max({key}), 1)) FROM {table}"
            connection.execute(text(line))
    return copied
