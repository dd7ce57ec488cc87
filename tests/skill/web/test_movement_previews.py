"""Previews from a process of its own: what it reports is not believed, and it stops when nobody listens."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from skill.sandbox.messages import Answer, Entry, Report
from skill.sandbox.on_demand import OnDemandProcess
from skill.sandbox.process import ProcessDiedError
from skill.web.movement_previews import MovementPreviews, PreviewsUnavailableError, parse_answer, parse_report
from skill.web.preview_renderer import PreviewOrder
from skill.web.schemas import PreviewView
from tests.skill.web.conftest import JPEG

pytestmark = pytest.mark.asyncio

STILL, CLIP = (base64.b64encode(data).decode() for data in (JPEG, b"\0\0\0 ftypisom"))
MOVES = ("motion:idle", "gesture:nod")


def open_maker(options: None) -> Answer:
    """The function below, for a sandboxed process."""
    return answer_by_turn


def answer_by_turn(order: PreviewOrder, report: Report) -> Any:
    """A photo that is turned is refused; one on its head takes for ever after its first picture."""
    assert order.photo.read_bytes() == JPEG
    for step in ("decode", "faces", "filters"):
        report(step)
    if order.turn == 90:
        return {"refused": "child", "cause": "appeal"}
    report({"still": STILL, "people": 9, "restore": ["tone"]})
    if order.turn == 180:
        time.sleep(60)
    for movement in order.movements:
        report({"movement": movement, "clip": CLIP})
    return {"made": len(order.movements)}


OpenPreviews = Callable[..., MovementPreviews]


@pytest_asyncio.fixture
async def open_previews(tmp_path: Path) -> AsyncIterator[OpenPreviews]:
    opened: list[OnDemandProcess] = []

    def open_one(seconds: float = 58.0) -> MovementPreviews:
        entry = Entry(f"{__name__}:open_maker")
        opened.append(OnDemandProcess(entry, tmp_path / "work", seconds=seconds, protected=False))
        return MovementPreviews(opened[-1], seconds=seconds)

    yield open_one
    for process in opened:
        await process.close()
    assert list((tmp_path / "work").iterdir()) == []


@pytest.fixture
def order(tmp_path: Path) -> PreviewOrder:
    (tmp_path / "photo").write_bytes(JPEG)
    return PreviewOrder(tmp_path / "photo", 0, MOVES)


async def test_they_come_in_order_and_stop_when_nobody_listens(
    open_previews: OpenPreviews, order: PreviewOrder
) -> None:
    previews = open_previews()
    await previews.warm()
    views = [view async for view in previews.make(order)]
    assert views == [
        PreviewView(still=STILL, people=9, restore=["auto", "tone"]),
        *(PreviewView(movement=one, clip=CLIP) for one in MOVES),
    ]
    (refusal,) = [view async for view in previews.make(order._replace(turn=90))]
    assert (refusal.reason, refusal.cause, refusal.still, refusal.clip) == ("child", "appeal", "", "")
    assert refusal.sentence and refusal.advice
    async with asyncio.timeout(55), aclosing(previews.make(order._replace(turn=180))) as listened:
        assert (await anext(listened)).still == STILL


async def test_time_is_over_and_each_movement_comes_once(open_previews: OpenPreviews, order: PreviewOrder) -> None:
    with pytest.raises(PreviewsUnavailableError, match="too long"):
        [view async for view in open_previews(seconds=0.5).make(order._replace(turn=180))]
    with pytest.raises(PreviewsUnavailableError, match="KeyError"):
        [view async for view in open_previews().make(order._replace(movements=("gesture:nod", "gesture:nod")))]


@pytest.mark.parametrize(
    "value",
    [
        {"movement": "gesture:nod", "clip": base64.b64encode(b"<html><body>").decode()},
        {"movement": "", "clip": CLIP},
        {"still": "<html>", "people": 1},
        {"still": CLIP, "people": 1},
        {"still": STILL},
        {"still": STILL, "people": 0},
        {"still": STILL, "people": 1, "restore": ["<b>"]},
        {"still": STILL + "A" * 300_000, "people": 1},
        {"still": 7},
        ["decode"],
    ],
)
async def test_what_a_photo_may_report_is_not_believed(value: Any) -> None:
    with pytest.raises(ProcessDiedError):
        parse_report(value)


@pytest.mark.parametrize("value", [None, {"refused": "child", "cause": "<b>"}, {"refused": "<b>", "cause": ""}, {}])
async def test_what_a_photo_may_answer_is_not_believed(value: Any) -> None:
    with pytest.raises(ProcessDiedError):
        parse_answer(value)
