"""People at a fleet of which anything is killed: a few here, many with `python -m tests.e2e.cluster`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.cluster.fleet import fleet
from tests.e2e.cluster.person import number_of, numbered_portrait
from tests.e2e.cluster.scene import play
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.media.ceph_server import Ceph
from weights.store import WeightStore


def test_nobody_is_lost_or_served_twice_and_nothing_is_left(
    tmp_path: Path, postgres: PostgresServer, ceph: Ceph, built_weights: WeightStore
) -> None:
    with postgres.database() as dsn, fleet(tmp_path, dsn, postgres, ceph, nodes=2, workers=2) as running:
        victims = ("node-0", "worker-0", "postgres")
        report = asyncio.run(play(running, 2, seed=2, at_once=2, pause=1.0, victims=victims))
    assert report.broken() == [], report.lines()
    assert sum(one.deleted for one in report.people) == 1
    assert report.kills == {"node": 1, "worker": 1, "postgres": 1}
    assert report.rows == 1


def test_a_portrait_is_known_again() -> None:
    assert [number_of(numbered_portrait(number)) for number in (0, 5, 170, 255)] == [0, 5, 170, 255]
