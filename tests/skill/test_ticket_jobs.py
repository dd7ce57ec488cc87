"""The jobs of a ticket: in their order, each once, gone with the ticket."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from skill import ticket_jobs


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(
            f"PRAGMA foreign_keys=ON; CREATE TABLE tickets (id INTEGER PRIMARY KEY);{ticket_jobs.SCHEMA}"
        )
        opened.executescript("INSERT INTO tickets VALUES (1); INSERT INTO tickets VALUES (2)")
        yield opened


def test_each_job_once_in_the_order_in_which_they_came(connection: sqlite3.Connection) -> None:
    for ticket, job in ((1, "b"), (2, "x"), (1, "a"), (1, "b")):
        ticket_jobs.add(connection, ticket, job)
    assert ticket_jobs.jobs_of(connection, 1) == ("b", "a")
    assert ticket_jobs.jobs_of(connection, 3) == ()


def test_they_go_with_their_ticket(connection: sqlite3.Connection) -> None:
    for ticket in (1, 2):
        ticket_jobs.add(connection, ticket, "job")
    connection.execute("DELETE FROM tickets WHERE id = 1")
    assert (ticket_jobs.jobs_of(connection, 1), ticket_jobs.jobs_of(connection, 2)) == ((), ("job",))
