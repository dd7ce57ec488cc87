"""The real service under fire: a seeded part with every run of the tests, the whole with `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.service_process import ServiceProcess
from weights.store import WeightStore

KEY = "fuzz" * 16
WHOLE = os.environ.get("OZHIVI_TEST_FUZZ") == "whole"


def count(whole: int, part: int) -> int:
    return whole if WHOLE else part


def report(config: pytest.Config, words: str) -> None:
    """A line among the tests' dots: the numbers are for docs/service.md."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        config.get_terminal_writer().line(f"\n{words}")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[ServiceProcess]:
    place = tmp_path_factory.mktemp("fuzz") / "data"
    running = ServiceProcess(place, api_keys=KEY, long_side="256", queue_limit="100000")
    yield running
    assert running.stop() == 0
