"""Backups of the service's database: taken beside the running service, put back while it is stopped.

A backup of SQLite is an SQLite file, one of PostgreSQL an archive of pg_dump; each is for a database of its kind.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from skill.database.errors import DatabaseDownError, DatabaseVersionError
from skill.database.revision import DATABASE_FILE, HEAD, UPGRADE, VERSION_TABLE, fault
from skill.settings import Settings

_PATIENCE: Final = 5.0
"""Seconds that a lock of another process is waited for."""
_SQLITE: Final = b"SQLite format 3\0"
"""First bytes of an SQLite file."""
_ARCHIVE: Final = b"PGDMP"
"""First bytes of an archive of pg_dump."""
_DROP: Final = r"""
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'ozhivi\_%'
        LOOP EXECUTE format('DROP TABLE %I CASCADE', name); END LOOP;
    END $$
"""
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'ozhivi' AND pid <> pg_backend_pid()
"""


def back_up(settings: Settings, file: Path) -> int:
    """Write a backup, readable by its owner alone; the service may run and goes on.

    Args:
        settings: of the service.
        file: a new file; it is there when the backup is whole.

    Returns:
        Its size in bytes.

    Raises:
        DatabaseDownError: the database can't be read, or a program of PostgreSQL is missing or fails.
        OSError: the file is there already, or can't be written.
    """
    if file.exists():
        raise FileExistsError(17, os.strerror(17), str(file))
    part = file.with_name(f".{file.name}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if settings.queue == "sqlite":
            _copy_sqlite(settings.data_dir / DATABASE_FILE, part)
        else:
            _dump(settings, part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(settings: Settings, file: Path) -> str:
    """Put a backup in the place of all that the database holds, as a whole or not at all.

    Args:
        settings: of the service, which must not run, on any machine.
        file: the backup.

    Returns:
        A line on what to do next; empty where the tables are of this version.

    Raises:
        DatabaseDownError: the service runs, the file is no backup of this kind of database or is damaged, the database
            can't be used, or a program of PostgreSQL is missing or fails.
        DatabaseVersionError: the backup is of a later version of ozhivi.
        OSError: the file can't be read.
    """
    with file.open("rb") as opened:
        kind = opened.read(len(_SQLITE))
    wanted = _SQLITE if settings.queue == "sqlite" else _ARCHIVE
    if not kind.startswith(wanted):
        raise DatabaseDownError(f"{file.name} is no backup of a database as OZHIVI_QUEUE names it ({settings.queue})")
    found = _replace_sqlite(settings, file) if settings.queue == "sqlite" else _replace_postgres(settings, file)
    return "" if found == HEAD else f"the tables are those of an earlier version ({found}): run {UPGRADE}"


def _copy_sqlite(source: Path, part: Path) -> None:
    if not source.exists():
        raise DatabaseDownError(f"{source} is not there: nothing was ever stored")
    with _sqlite_errors(source), closing(_open(source, "rw")) as service, closing(_open(part, "rw")) as copy:
        service.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").close()  # all in one file
        _revision_of_sqlite(copy, source)


def _replace_sqlite(settings: Settings, file: Path) -> str:
    target = settings.data_dir / DATABASE_FILE
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sqlite_errors(file), closing(_open(file, "ro")) as backup:
        found = _revision_of_sqlite(backup, file)
        if not target.exists():
            os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with _sqlite_errors(target), closing(_open(target, "rw")) as service:
            service.execute("PRAGMA secure_delete=ON").close()
            # only the last connection may leave the log; it keeps others out until it is closed
            service.execute("PRAGMA locking_mode=EXCLUSIVE").close()
            service.execute("PRAGMA journal_mode=DELETE").close()
            backup.backup(service)
    return found


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE)


def _revision_of_sqlite(connection: sqlite3.Connection, path: Path) -> str:
    """The revision of a whole file's tables. Raises DatabaseVersionError for a later one."""
    ((state,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if state != "ok":
        raise DatabaseDownError(f"{path.name} is damaged")
    rows = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()
    return _known(str(rows[0][0]) if rows else "")


def _known(found: str) -> str:
    if not found:
        raise DatabaseDownError("the file holds no tables of ozhivi")
    if found > HEAD:
        raise DatabaseVersionError(fault(found))
    return found


@contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        in_use = name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
        advice = "is in use: stop serve and workers first" if in_use else "is damaged, or no database of ozhivi"
        raise DatabaseDownError(f"{path.name} {advice} ({name or type(error).__name__})") from error


def _dump(settings: Settings, part: Path) -> None:
    words = ["--format=custom", "--no-owner", "--no-privileges", "--table=ozhivi_*", f"--file={part}"]
    _run(settings, "pg_dump", *words)


def _replace_postgres(settings: Settings, file: Path) -> str:
    data = ["--data-only", f"--table={VERSION_TABLE}", "--file=-"]
    with tempfile.TemporaryFile() as said:
        _run(settings, "pg_restore", *data, str(file), connected=False, output=said)
        said.seek(0)
        versions = re.search(rb"^COPY [^\n]*;\n(\w+)\n", said.read(), re.MULTILINE)
    found = _known(versions[1].decode() if versions else "")
    _require_alone(settings)
    with tempfile.TemporaryFile() as script:  # whole, before anything of it is done
        _run(
            settings,
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--file=-",
            str(file),
            connected=False,
            output=script,
        )
        script.seek(0)
        quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null"]
        _run(settings, "psql", *quiet, f"--command={_DROP}", "--file=-", source=script)
    return found


def _require_alone(settings: Settings) -> None:
    import psycopg  # noqa: PLC0415  (may not be there)

    try:
        with psycopg.connect(settings.postgres.get_secret_value(), autocommit=True) as connection:
            ((others,),) = connection.execute(_OTHERS).fetchall()
    except psycopg.Error as error:
        raise DatabaseDownError(f"PostgreSQL can't be used ({type(error).__name__})") from error
    if others:
        raise DatabaseDownError(
            f"the database is in use ({others} connections): stop serve and workers everywhere first"
        )


def _run(
    settings: Settings,
    program: str,
    *words: str,
    connected: bool = True,
    source: IO[bytes] | None = None,
    output: IO[bytes] | None = None,
) -> None:
    """Run a program of PostgreSQL; the password is not in its command line, which others may see."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo  # noqa: PLC0415  (may not be there)

    if shutil.which(program) is None:
        advice = "install PostgreSQL's client programs, not older than the server (Debian: postgresql-client)"
        raise DatabaseDownError(f"{program} is missing: {advice}")
    environment, place = dict(os.environ), []
    if connected:
        address: dict[str, Any] = {
            **conninfo_to_dict(settings.postgres.get_secret_value()),
            "application_name": "ozhivi db",
        }
        if password := address.pop("password", None):
            environment["PGPASSWORD"] = str(password)
        place = [f"--dbname={make_conninfo(**address)}"]
    done = subprocess.run(
        [program, *place, *words], env=environment, stdin=source, stdout=output, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:  # what follows the first line may tell of rows
        first = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise DatabaseDownError(f"{program} failed: {first}")
