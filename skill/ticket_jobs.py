"""The jobs of each ticket: every take of its photos, so that its page can show and delete them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ticket_jobs (
    number INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE, job TEXT NOT NULL,
    UNIQUE (ticket, job));
"""
"""The table of tickets' jobs, by the queue's ids, in the order in which they were asked for."""


def add(connection: sqlite3.Connection, ticket: int, job: str) -> None:
    """Note a job, by the queue's id, of the ticket with this primary key; within a transaction."""
    connection.execute("INSERT OR IGNORE INTO ticket_jobs (ticket, job) VALUES (?, ?)", (ticket, job)).close()


def jobs_of(connection: sqlite3.Connection, ticket: int) -> tuple[str, ...]:
    """The jobs of a ticket, the oldest first."""
    with closing(
        connection.execute("SELECT job FROM ticket_jobs WHERE ticket = ? ORDER BY number", (ticket,))
    ) as cursor:
        return tuple(str(job) for (job,) in cursor)
