"""One cluster for all of this folder's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.cluster.machines import Cluster, running
from tests.skill.jobs.postgres_server import PostgresServer
from tests.skill.media.ceph_server import Ceph
from weights.store import WeightStore


@pytest.fixture(scope="package")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, ceph_server: Ceph, built_weights: WeightStore
) -> Iterator[Cluster]:
    with postgres.database() as dsn, running(tmp_path_factory.mktemp("cluster"), dsn, ceph_server) as cluster:
        yield cluster
