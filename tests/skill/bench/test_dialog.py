"""The load of turns: a real service in a process of its own."""

from __future__ import annotations

import sys

import pytest

from skill.bench.dialog import DialogFigures, describe_figures, measure_dialog
from skill.bench.dialog_load import TurnResult
from skill.bench.errors import BenchError
from tests.skill.jobs.postgres_server import PostgresServer

COMMAND = (sys.executable, "-m", "tests.skill.dialog.serve_echo_dialog")


def test_every_turn_is_answered_also_while_the_files_are_locked() -> None:
    figures = measure_dialog(20, 9, freeze=True, command=COMMAND)
    assert len(figures.turns) == 180
    assert figures.errors == ()
    assert len(figures.locked_latencies) > 50
    assert max(figures.locked_latencies) < 3
    rows = dict(describe_figures(figures))
    assert rows["errors"] == "0"
    assert "p99" in rows


def test_a_service_with_postgresql_is_measured(postgres: PostgresServer) -> None:
    with postgres.database() as address:
        figures = measure_dialog(20, 1, postgres=address, command=COMMAND)
        assert figures.errors == ()
        ((replies,),) = postgres.run(address, "SELECT count(*) FROM ozhivi_replies")
        assert replies
        with pytest.raises(BenchError, match="--freeze"):
            measure_dialog(1, 1, freeze=True, postgres=address)


def test_a_service_that_does_not_open_is_an_error() -> None:
    with pytest.raises(BenchError, match="did not open"):
        measure_dialog(1, 1, command=(sys.executable, "-c", "import sys; sys.exit('no')"))


def test_latency_counts_from_when_a_turn_was_due() -> None:
    figures = DialogFigures(
        2, [TurnResult(number / 100, number / 100, "status 500" if number == 7 else "") for number in range(100)]
    )
    assert (figures.percentile(0.5), figures.percentile(0.99)) == (0.5, 0.99)
    assert figures.errors == ("status 500",)
