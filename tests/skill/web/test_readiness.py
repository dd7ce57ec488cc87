"""Readiness: each part that does not work is named."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from skill.database.errors import DatabaseDownError
from skill.web import readiness
from skill.web.readiness import Readiness
from tests.skill.web.conftest import JPEG, Open, error_code
from tests.skill.web.fakes import FakeQueue, FakeStore

pytestmark = pytest.mark.asyncio


async def test_not_ready_without_models(service: Open) -> None:
    async with service(weights=False) as s:
        answer = await s.client.get("/readyz")
        told = await answer.json()
        assert (answer.status, told["weights"], list(told["why"])) == (503, False, ["weights"])


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
    ready = Readiness(FakeQueue(1), FakeStore(), lambda: True, small_disk)
    assert not (await ready.check())["disk"]
    (small_disk / "fill").write_bytes(bytes(2 * 2**20 - 2**13))
    assert (await ready.check())["disk"].startswith("does not work as it should")
    (small_disk / "fill").unlink()
    assert not (await ready.check())["disk"]


async def test_a_database_that_was_deleted_or_replaced_is_not_ready(tmp_path: Path) -> None:
    ready, database = Readiness(FakeQueue(1), FakeStore(), lambda: True, tmp_path), tmp_path / "ozhivi.db"
    database.touch()
    assert not (await ready.check())["disk"]
    database.rename(tmp_path / "aside")
    assert (await ready.check())["disk"].startswith("does not work as it should")
    database.touch()
    assert (await ready.check())["disk"].startswith("does not work as it should")


async def test_the_reason_is_said_in_the_words_of_the_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_TIMEOUT", 0.05)
    queue, store = FakeQueue(1), FakeStore()

    async def down() -> None:
        raise DatabaseDownError("the server is down")

    async def hang() -> AsyncIterator[str]:
        await asyncio.sleep(60)
        yield ""

    monkeypatch.setattr(queue, "waiting", down)
    monkeypatch.setattr(store, "keys", hang)
    told = await Readiness(queue, store, lambda: True, tmp_path).check()
    assert told == {"weights": "", "queue": "the server is down", "store": "no answer within 5 s", "disk": ""}


async def test_models_are_looked_at_each_time(tmp_path: Path) -> None:
    state = [True]
    ready = Readiness(FakeQueue(1), FakeStore(), lambda: state[0], tmp_path)
    assert not (await ready.check())["weights"]
    state[0] = False
    assert (await ready.check())["weights"] == "does not work as it should"
