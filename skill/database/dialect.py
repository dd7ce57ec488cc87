"""The port to a database: all in which SQLite and PostgreSQL differ, as `skill.database.database` needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from skill.database.errors import DatabaseDownError
from skill.database.transaction import Answer, Statement

Clock = Callable[[], float]
"""Seconds since 1970."""


@dataclass(slots=True)
class Call:
    """One transaction that somebody waits for."""

    due: float
    """When it should be over, by time.monotonic()."""
    clock: Clock | None = None
    """The clock that counts; None for the database's own, or this machine's where it has none."""
    reading: bool = False
    """Whether it changes nothing."""
    durable: bool = True
    """Whether it is on the disk when it is over; else a power cut may lose it, and nothing else."""
    alone: str = ""
    """Name of the work that no other call does meanwhile; empty where rows are locked as needed."""
    erase: bool = False
    """Whether it is no transaction, but deletes from the database's log what was deleted from the tables."""
    cut: bool = False
    """Whether it took too long, so that its connection was cut."""
    connection: Any = None
    """The driver's connection while the call runs on it."""


class Dialect(Protocol):
    """A driver and its database. Methods run in threads and raise the driver's errors."""

    @property
    def lanes(self) -> Sequence[int]:
        """Numbers of threads, each with a connection of its own: for changes, and where there is a second number, for
        what changes nothing."""
        ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Types of the driver's errors."""
        ...

    @property
    def transient(self) -> tuple[type[Exception], ...]:
        """Those after which the same transaction may succeed at once."""
        ...

    @property
    def flush(self) -> Callable[[], None] | None:
        """Brings what was committed to the disk; None where durable commits do that by themselves. Raises OSError."""
        ...

    def connect(self, call: Call) -> Any:
        """A new connection for such calls, to tables of this version. Raises DatabaseDownError as well."""
        ...

    def answers(self, connection: Any) -> bool:
        """Whether an idle connection is not known to be cut, without asking the server."""
        ...

    def begin(self, connection: Any, call: Call) -> float:
        """Begin a transaction, or erase where the log is ours; the time then, by the clock that counts."""
        ...

    def run(self, connection: Any, statements: Sequence[Statement]) -> list[Answer]:
        """The answers to statements within the transaction, for one way to the server and back."""
        ...

    def run_alone(self, connection: Any, call: Call, statements: Sequence[Statement]) -> list[Answer]:
        """The same for statements that are a transaction by themselves, with its beginning and end."""
        ...

    def commit(self, connection: Any) -> None:
        """End the transaction."""
        ...

    def recover(self, connection: Any) -> bool:
        """Undo the open transaction, where there is one; whether the connection can be used again. Raises nothing."""
        ...

    def explain(self, error: Exception) -> DatabaseDownError:
        """The driver's error with an advice, and without a value of a row."""
        ...

    def cut(self, call: Call) -> None:
        """End what another thread waits for on the call's connection, and note it in the call before that thread wakes;
        nothing where the driver keeps deadlines by itself."""
        ...
