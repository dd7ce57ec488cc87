"""The tables as they are declared: the snapshot says the same, and the migrations lead there."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.database.revision import HEAD, SNAPSHOTS, creation, fault
from skill.database.snapshot import snapshot
from skill.database.upgrade import check, current, upgrade
from skill.settings import Settings, load
from tests.skill.jobs.postgres_server import PostgresServer

OLD_JOBS = """
    CREATE TABLE ozhivi_jobs (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, "user" text NOT NULL,
        source text NOT NULL, digest text NOT NULL, wish text NOT NULL, priority integer NOT NULL, state text NOT NULL,
        step text NOT NULL DEFAULT '', share double precision NOT NULL DEFAULT 0, reason text NOT NULL DEFAULT '',
        results text NOT NULL DEFAULT '[]', attempts integer NOT NULL DEFAULT 0, owner text NOT NULL DEFAULT '',
        lease double precision NOT NULL DEFAULT 0, began double precision NOT NULL DEFAULT 0,
        created double precision NOT NULL, updated double precision NOT NULL, expires double precision NOT NULL
    );
    CREATE INDEX ozhivi_jobs_state ON ozhivi_jobs (state, priority DESC, number);
    CREATE INDEX ozhivi_jobs_user ON ozhivi_jobs ("user", digest);
    CREATE INDEX ozhivi_jobs_source ON ozhivi_jobs (source) WHERE source <> '';
    CREATE UNIQUE INDEX ozhivi_jobs_running ON ozhivi_jobs ("user") WHERE state = 'running';
    CREATE TABLE ozhivi_durations (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seconds double precision NOT NULL
    );
    CREATE TABLE ozhivi_workers (name text PRIMARY KEY, seen double precision NOT NULL);
    ALTER TABLE ozhivi_jobs ADD COLUMN household text NOT NULL DEFAULT '';
    CREATE TABLE ozhivi_version (version integer NOT NULL);
    INSERT INTO ozhivi_version VALUES (2)
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_newest_snapshot_is_what_is_declared(database: str) -> None:
    """Else: a migration for the change, HEAD raised, and `python -m skill.database.snapshot`."""
    assert (SNAPSHOTS / f"{HEAD}.{database}.sql").read_text(encoding="utf-8") == snapshot(database)


def settings_of(tmp_path: Path, dsn: str) -> Settings:
    return load({"data_dir": tmp_path, **({"queue": "postgres", "postgres": dsn} if dsn else {})})


def test_the_migrations_lead_to_what_is_declared(tmp_path: Path, postgres: PostgresServer) -> None:
    with postgres.database(empty=True) as dsn:
        for settings in (settings_of(tmp_path, ""), settings_of(tmp_path, dsn)):
            assert current(settings) == ""
            assert upgrade(settings) == [f"tables: none → {HEAD}"]
            assert (current(settings), check(settings), upgrade(settings)) == (HEAD, [], [])


def test_a_new_database_needs_no_migration(tmp_path: Path, postgres: PostgresServer) -> None:
    with postgres.database() as dsn:
        settings = settings_of(tmp_path, dsn)
        assert (current(settings), check(settings)) == (HEAD, [])


def test_tables_of_the_queue_of_before_stay_with_their_rows(tmp_path: Path, postgres: PostgresServer) -> None:
    with postgres.database(empty=True) as dsn:
        postgres.run(dsn, OLD_JOBS)
        postgres.run(dsn, "INSERT INTO ozhivi_workers VALUES ('old', 1)")
        settings = settings_of(tmp_path, dsn)
        upgrade(settings)
        assert check(settings) == []
        assert postgres.run(dsn, "SELECT name FROM ozhivi_workers, ozhivi_version") == [("old",)]


def test_what_a_revision_means() -> None:
    assert fault(HEAD) == ""
    assert "later version" in fault("9999") and "ozhivi db upgrade" in fault("0000")
    assert "ozhivi db upgrade" in fault("")
    assert len(creation("sqlite")) == len(creation("postgresql")) > 50
