"""The growth of the tables, measured on a few rows of both databases."""

from __future__ import annotations

import pytest

from skill.bench.database import describe_growth, measure_growth
from skill.bench.errors import BenchError
from tests.skill.jobs.postgres_server import PostgresServer


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_each_step_is_measured_at_each_size(database: str, postgres: PostgresServer) -> None:
    address = postgres.emptied() if database == "postgres" else ""
    found = measure_growth([100, 300], address, repeats=2)
    assert [one.rows for one in found] == [100, 300]
    steps = set(found[0].milliseconds)
    assert {"put", "lease", "finish", "leftovers", "redeem", "claim a reply", "purge of 1000"} <= steps
    assert steps == set(found[1].milliseconds) and min(found[1].milliseconds.values()) > 0
    assert len(describe_growth(found)) == len(steps) + 1
    if address:
        with pytest.raises(BenchError, match="holds jobs"):
            measure_growth([100], address)
        postgres.emptied()
