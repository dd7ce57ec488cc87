"""The real service under fire: a seeded part with every run of the tests, the whole with `make fuzz`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

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


class Target(ServiceProcess):
    """A service with a key, and what can be seen of it from outside."""

    def memory(self) -> float:
        """MiB that the server holds now, without the rendering process."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        (found,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
        return int(found) / 1024

    def files(self, *folders: str) -> list[Path]:
        return [path for name in folders for path in (self.data / name).rglob("*") if path.is_file()]

    def complaints(self) -> list[str]:
        """Lines of the log that speak of an error of ours."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if re.search(r'Traceback|"level": ?"(error|critical)"|exception', line)]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, built_weights: WeightStore) -> Iterator[Target]:
    place = tmp_path_factory.mktemp("fuzz") / "data"
    running = Target(place, api_keys=KEY, long_side="256", queue_limit="100000")
    yield running
    assert running.stop() == 0
