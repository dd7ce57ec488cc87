"""Readiness: each part that does not work is named."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.web.readiness import Readiness
from tests.skill.web.conftest import JPEG, Open, error_code
from tests.skill.web.fakes import FakeQueue, FakeStore

pytestmark = pytest.mark.asyncio


async def test_not_ready_without_models(service: Open) -> None:
    async with service(weights=False) as s:
        answer = await s.client.get("/readyz")
        assert (answer.status, (await answer.json())["weights"]) == (503, False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted: needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def test_a_full_disk_is_said_to_people_and_to_those_who_watch(service: Open, small_disk: Path) -> None:
    async with service() as s:
        s.data.joinpath("incoming").rmdir()
        s.data.joinpath("incoming").symlink_to(small_disk)
        (small_disk / "fill").write_bytes(bytes(2 * 2**20 - 2**15))
        answer = await s.send((await s.issue()).token, photo=JPEG + bytes(2**17))
        assert (answer.status, await error_code(answer)) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        (small_disk / "fill").unlink()
        assert (await s.send((await s.issue()).token, photo=JPEG + bytes(2**17))).status == 202


async def test_a_full_disk_is_not_ready(small_disk: Path) -> None:
    readiness = Readiness(FakeQueue(1), FakeStore(), lambda: True, small_disk)
    assert (await readiness.check())["disk"]
    (small_disk / "fill").write_bytes(bytes(2 * 2**20 - 2**13))
    assert not (await readiness.check())["disk"]
    (small_disk / "fill").unlink()
    assert (await readiness.check())["disk"]


async def test_a_database_that_was_deleted_or_replaced_is_not_ready(tmp_path: Path) -> None:
    readiness, database = Readiness(FakeQueue(1), FakeStore(), lambda: True, tmp_path), tmp_path / "jobs.db"
    database.touch()
    assert (await readiness.check())["disk"]
    database.rename(tmp_path / "aside")
    assert not (await readiness.check())["disk"]
    database.touch()
    assert not (await readiness.check())["disk"]


async def test_models_are_looked_at_each_time(tmp_path: Path) -> None:
    state = [True]
    readiness = Readiness(FakeQueue(1), FakeStore(), lambda: state[0], tmp_path)
    assert (await readiness.check())["weights"]
    state[0] = False
    assert not (await readiness.check())["weights"]
