"""The process that makes renditions: a file of its own folder, or nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from skill.demo_portrait import astronaut
from skill.renditions.confined import RenditionOrder, build_entry
from skill.renditions.maker import RenditionMaker, RenditionUnavailableError
from skill.sandbox.messages import Answer, Entry, Report
from skill.settings import PhotoSettings
from tests.skill.renditions.clip_fixture import write_clip
from weights.store import WeightStore

pytestmark = pytest.mark.asyncio


def open_answer(name: str) -> Answer:
    """The function of that name below, for a sandboxed process."""
    answer: Answer = globals()[name]
    return answer


def link_away(order: RenditionOrder, report: Report) -> Any:
    order.out.symlink_to("/etc/hostname")
    return {"restored": []}


def claim(order: RenditionOrder, report: Report) -> Any:
    order.out.write_bytes(b"clip")
    return {"restored": ["everything"]}


def fail(order: RenditionOrder, report: Report) -> Any:
    raise ValueError


def hang(order: RenditionOrder, report: Report) -> Any:
    import time  # noqa: PLC0415

    time.sleep(60)


async def test_the_real_one_makes_a_wallpaper_of_the_portrait(tmp_path: Path, built_weights: WeightStore) -> None:
    clip = write_clip(tmp_path / "clip", astronaut())

    async def fetch(kind: str, to: Path) -> None:
        shutil.copy(clip.with_suffix(f".{kind}"), to)

    maker = RenditionMaker(tmp_path / "work", build_entry(PhotoSettings()))
    async with maker.make("wallpaper", fetch) as (file, restored):
        assert restored == ()
        assert file.read_bytes()[:3] == b"\xff\xd8\xff"
    async with maker.make("messenger-square", fetch) as (file, _):
        assert file.read_bytes()[4:8] == b"ftyp"
    await maker.close()
    assert list((tmp_path / "work").iterdir()) == []


async def test_what_goes_wrong_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    async def fetch(kind: str, to: Path) -> None:
        to.write_bytes(b"clip")

    for name in ("link_away", "claim", "fail", "hang"):
        maker = RenditionMaker(tmp_path / "work", Entry(f"{__name__}:open_answer", name), seconds=0.5)
        with pytest.raises(RenditionUnavailableError):
            async with maker.make("messenger", fetch):
                pass
        await maker.close()
    assert list((tmp_path / "work").iterdir()) == []
