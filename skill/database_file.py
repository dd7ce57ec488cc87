"""SQLite files of the data folder as they are opened: damaged, locked, older and later ones are refused in plain words.

Nothing is deleted: what a file holds may be wanted, and a newer program may read it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from skill.settings import WrongSettings

_ASIDE: Final = "stop ozhivi, move it away with its -wal and -shm, and start again"
_ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SQLITE_BUSY": "is locked by another program: close that",
        "SQLITE_CANTOPEN": "can't be opened: check the owner and the mode of file and folder",
        "SQLITE_CORRUPT": f"is damaged: {_ASIDE}, or restore it from a backup",
        "SQLITE_FULL": "can't grow, the disk is full: free space, nothing was lost",
        "SQLITE_IOERR": "can't be read or written: check the disk",
        "SQLITE_NOTADB": f"is no database, or is damaged: {_ASIDE}, or restore it from a backup",
        "SQLITE_READONLY": "can't be written: check its owner and mode",
    }
)
_OTHER: Final = f"can't be used: {_ASIDE}"


@contextmanager
def naming_file(path: Path | str, loss: str) -> Iterator[None]:
    """Errors of the block become WrongSettings: one line with the file, the cause and the way out.

    Args:
        path: the file.
        loss: who loses what without it, to end the sentence.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        advice = next((text for code, text in _ADVICE.items() if name.startswith(code)), _OTHER)
        raise WrongSettings(f"{path} {advice} ({name or type(error).__name__}); without it {loss}") from None
    except OSError as error:
        raise WrongSettings(f"{path} can't be opened ({error.strerror}): check the owner and the mode") from None


def prepare(connection: sqlite3.Connection, path: Path | str, schema: str, *, version: int, loss: str) -> None:
    """Make the tables where they are not, and see that the file is whole and of this version of ozhivi.

    Args:
        connection: to the file, outside a transaction.
        path: the file.
        schema: statements that make the tables where they are missing.
        version: of the schema, written into the file (`user_version`); 0 is a file of before there were versions, or
            a new one.
        loss: who loses what without the file.

    Raises:
        WrongSettings: the file is of a later version, or older than what is read here.
        sqlite3.Error: it can't be used.
    """
    found = int(_value(connection, "PRAGMA user_version"))
    if found > version:
        raise WrongSettings(f"{path} is of a later version of ozhivi: install that one; without the file {loss}")
    if _value(connection, "PRAGMA quick_check(1)") != "ok":
        raise WrongSettings(f"{path} {_ADVICE['SQLITE_CORRUPT']}; without it {loss}")
    connection.executescript(schema).close()
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(schema).close()
        missing = _columns(fresh) - _columns(connection)
    if missing:
        lacks = ", ".join(f"{table}.{column}" for table, column in sorted(missing))
        raise WrongSettings(f"{path} is of an older version of ozhivi (it lacks {lacks}): {_ASIDE}; without it {loss}")
    if found != version:
        connection.execute(f"PRAGMA user_version = {version}").close()


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    with closing(connection.execute(query)) as rows:
        return {(table, column) for table, column in rows}


def _value(connection: sqlite3.Connection, query: str) -> str:
    with closing(connection.execute(query)) as rows:
        return str(rows.fetchone()[0])
