"""What is past its time goes from all tables, and nothing else."""

from __future__ import annotations

import pytest

from skill.database.database import Database
from skill.database.schema import METADATA
from skill.database.transaction import bind
from skill.guess_pace import DAY
from skill.purge import DATED, purge
from tests.fake_clock import FakeClock


def test_no_table_is_forgotten() -> None:
    dated = {name for name, table in METADATA.tables.items() if "expires" in table.columns}
    with_files = {"ozhivi_jobs", "ozhivi_images"}
    assert {f"ozhivi_{name}" for name in DATED} == dated - with_files


@pytest.mark.asyncio
async def test_a_purge_goes_in_batches_and_leaves_what_has_time(database: Database, clock: FakeClock) -> None:
    line = "INSERT INTO ozhivi_wrong_digits VALUES ('u', :now + :later)"
    await database.change(*(bind(line, later=float(number)) for number in range(-2500, 3)))
    await purge(database)
    assert await database.rows("SELECT count(*) FROM ozhivi_wrong_digits") == [(2,)]


@pytest.mark.asyncio
async def test_a_wrong_code_is_forgotten_after_a_day(database: Database, clock: FakeClock) -> None:
    await database.run("INSERT INTO ozhivi_guesses VALUES (:address, :now)", address=b"network")
    for seconds, left in ((DAY - 1, 1), (1, 0)):
        clock.advance(seconds)
        await purge(database)
        assert await database.rows("SELECT count(*) FROM ozhivi_guesses") == [(left,)]
