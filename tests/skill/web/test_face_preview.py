"""Preview of the faces of a photo: only of the photo that came, in a process with a deadline, and nothing is kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from pipeline.errors import PhotoError, Reason
from skill.demo_portrait import astronaut
from skill.sandbox.messages import Answer, Entry, Report
from skill.sandbox.on_demand import MAX_WAITING, OnDemandProcess
from skill.web import preview_budget
from skill.web.auth import TICKET_HEADER
from skill.web.face_preview import FacePreview, FacesUnavailableError, parse_answer
from skill.web.photo_process import SECONDS
from skill.web.schemas import FacesView, FaceView
from tests.skill.web.conftest import JPEG, Open, Service
from tests.skill.web.fakes import FakePreviews
from weights.store import WeightStore

FOUND = FacesView(faces=[FaceView(number=1, left=0.1, top=0.2, width=0.3, height=0.4)], picture="")


async def post_photo(s: Service, token: str, photo: bytes, **fields: str) -> aiohttp.ClientResponse:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("photo", BytesIO(photo), filename="family.jpg")
    return await s.client.post("/api/v1/faces", data=form, headers={TICKET_HEADER: token})


@pytest.mark.asyncio
async def test_only_of_the_photo_that_came(service: Open) -> None:
    async with service(find_faces=lambda photo, side, turn: FOUND, long_side=900) as s:
        token = (await s.issue()).token
        assert (await post_photo(s, token, JPEG)).status == 409
        await s.send(token)
        answer = await post_photo(s, token, JPEG)
        assert FacesView.model_validate(await answer.json()) == FOUND
        assert (await post_photo(s, token, JPEG + b"other")).status == 409
        assert (await post_photo(s, "x" * 43, JPEG)).status == 401
        assert s.incoming() == []


@pytest.mark.asyncio
async def test_before_it_is_sent_where_there_are_previews_as_often_as_those(
    service: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_budget, "PHOTOS", 2)
    async with service(find_faces=lambda photo, side, turn: FOUND, previews=FakePreviews()) as s:
        token = (await s.issue()).token
        assert [(await post_photo(s, token, JPEG)).status for _ in range(3)] == [200, 200, 429]
        await s.send(token)
        assert (await post_photo(s, token, JPEG)).status == 200  # the one that came is not counted
        assert s.incoming() == []


@pytest.mark.asyncio
async def test_a_turned_photo_is_looked_at_turned(service: Open) -> None:
    turns = []

    def remember(photo: Path, side: int, turn: int) -> FacesView:
        turns.append(turn)
        return FOUND

    async with service(find_faces=remember) as s:
        token = (await s.issue()).token
        await s.send(token)
        assert (await post_photo(s, token, JPEG, turn="270")).status == 200
        assert (await post_photo(s, token, JPEG, turn="45")).status == 400
        assert turns == [270]


@pytest.mark.asyncio
async def test_a_broken_photo_is_told(service: Open) -> None:
    def fail(photo: Path, side: int, turn: int) -> FacesView:
        raise PhotoError(Reason.BROKEN_FILE)

    async with service(find_faces=fail) as s:
        token = (await s.issue()).token
        await s.send(token)
        answer = await post_photo(s, token, JPEG)
        assert (answer.status, (await answer.json())["error"]["code"]) == (422, "broken_file")
        assert s.incoming() == []


@pytest.mark.asyncio
async def test_a_finder_that_can_not_now_is_told(service: Open) -> None:
    """The page goes on with its buttons then."""

    def fail(photo: Path, side: int, turn: int) -> FacesView:
        raise FacesUnavailableError("too many wait")

    async with service(find_faces=fail) as s:
        token = (await s.issue()).token
        await s.send(token)
        answer = await post_photo(s, token, JPEG)
        assert (answer.status, (await answer.json())["error"]["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "60"


@pytest.mark.asyncio
async def test_the_real_ones_are_found_in_a_process_of_their_own(service: Open, built_weights: WeightStore) -> None:
    async with service() as s:
        token = (await s.issue()).token
        await s.send(token, astronaut())
        view = FacesView.model_validate(await (await post_photo(s, token, astronaut())).json())
        assert [face.number for face in view.faces] == [1]
        assert view.picture
        assert await (await post_photo(s, token, astronaut())).json() == view.model_dump()
        assert s.incoming() == []
    assert [path for path in (s.data / "work").rglob("*") if path.is_file()] == []


# what a process of the following tests does, by name


def open_finder(name: str) -> Answer:
    """The function of that name below, for a sandboxed process."""
    finder: Answer = globals()[name]
    return finder


def find_one(order: Any, report: Report) -> Any:
    return {"found": FOUND.model_dump() | {"picture": str(os.getpid())}}


def hang_in_decode(order: Any, report: Report) -> Any:
    report("decode")
    return hang(order, report) if order.turn else find_one(order, report)


def hang(order: Any, report: Report) -> Any:
    import time  # noqa: PLC0415

    time.sleep(60)


def refuse(order: Any, report: Report) -> Any:
    return {"refused": "too_large"}


def talk_nonsense(order: Any, report: Report) -> Any:
    return {"found": {"faces": [{"number": "<b>"}], "picture": 1}}


OpenPreview = Callable[..., FacePreview]


@pytest_asyncio.fixture
async def open_preview(tmp_path: Path) -> AsyncIterator[OpenPreview]:
    opened: list[OnDemandProcess] = []

    def open_one(name: str, *, waiting: int = MAX_WAITING, seconds: float = SECONDS, **options: Any) -> FacePreview:
        entry = Entry(f"{__name__}:open_finder", name)
        opened.append(OnDemandProcess(entry, tmp_path / "work", seconds=seconds, waiting=waiting))
        return FacePreview(opened[-1], seconds=seconds, **options)

    yield open_one
    for process in opened:
        await process.close()
    assert list((tmp_path / "work").iterdir()) == []


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    path.write_bytes(JPEG)
    return path


@pytest.mark.asyncio
async def test_a_photo_that_takes_too_long_holds_nobody(open_preview: OpenPreview, photo: Path) -> None:
    """The one in the process is refused, and the next one is looked at."""
    preview = open_preview("hang_in_decode", decode_seconds=0.3)
    bad, good = await asyncio.gather(preview.find(photo, 900, 90), preview.find(photo, 900, 0), return_exceptions=True)
    assert isinstance(bad, PhotoError) and bad.reason is Reason.BROKEN_FILE
    assert isinstance(good, FacesView)


@pytest.mark.parametrize(
    ("reported", "cause", "note"),
    [
        ({}, "", ""),
        ({"small": True, "cause": "<b>"}, "", "мелко"),
        ({"reason": "child"}, "", "детей не оживляем"),
        ({"reason": "child", "cause": "appeal"}, "appeal", ""),  # choosing her asks whether she is an adult
        ({"reason": "child", "cause": "archive"}, "archive", ""),
        ({"reason": "face_covered", "cause": "dark_glasses"}, "dark_glasses", "лицо закрыто"),
        ({"reason": "public_figure", "cause": "<b>", "note": "<b>"}, "", "не оживляем"),
        ({"note": "<b>"}, "", ""),
    ],
)
def test_who_is_not_animated_has_a_word_of_ours(reported: dict[str, Any], cause: str, note: str) -> None:
    face = FOUND.faces[0].model_dump() | reported
    (view,) = parse_answer({"found": {"faces": [face], "picture": ""}}).faces
    assert (view.cause, view.note) == (cause, note)
    with pytest.raises(FacesUnavailableError):
        parse_answer({"found": {"faces": [face | {"reason": "<b>"}], "picture": ""}})


@pytest.mark.asyncio
async def test_what_else_goes_wrong_is_no_fault_of_the_photo(open_preview: OpenPreview, photo: Path) -> None:
    for name in ("hang", "talk_nonsense", "no_such_finder"):
        with pytest.raises(FacesUnavailableError):
            await open_preview(name, seconds=0.3).find(photo, 900, 0)
    with pytest.raises(PhotoError) as caught:
        await open_preview("refuse").find(photo, 900, 0)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.asyncio
async def test_too_many_that_wait_are_sent_away(open_preview: OpenPreview, photo: Path) -> None:
    preview = open_preview("hang", waiting=2)
    tasks = [asyncio.create_task(preview.find(photo, 900, 0)) for _ in range(3)]
    await asyncio.sleep(0.05)
    with pytest.raises(FacesUnavailableError, match="too many"):
        await preview.find(photo, 900, 0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
