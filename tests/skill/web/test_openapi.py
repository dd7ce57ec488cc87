"""The OpenAPI document against the running API: each route, each field of a form, each answer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import jsonschema_rs
import pytest
import pytest_asyncio

from pipeline.errors import PhotoError, Reason
from pipeline.motion.gestures import GESTURES
from skill.database.errors import DatabaseDownError
from skill.jobs.model import JobState
from skill.jobs.queue_limits import TooManyJobsError
from skill.web import app_keys, job_watch, preview_budget, upload, upload_budget
from skill.web.auth import KEY_HEADER, TICKET_HEADER, USER_HEADER
from skill.web.face_preview import FacesUnavailableError
from skill.web.openapi import OPERATIONS, document
from skill.web.schemas import MAX_GESTURES, FacesView, FaceView, PreviewView, WishForm
from tests.skill.web.conftest import JPEG, Open, Service
from tests.skill.web.fakes import FakePreviews, copy_clip

KEY: Final = "k" * 32
DOCUMENT: Final = document("https://photo.example.ru")
FACES: Final = FacesView(faces=[FaceView(number=1, left=0.1, top=0.2, width=0.3, height=0.4)], picture="")
ANIMATIONS: Final = "/api/v1/animations"
METHODS: Final = frozenset({"get", "post", "delete"})


def form_of(name: str) -> dict[str, Any]:
    """The schema of an operation's form, by its path."""
    operation = DOCUMENT["paths"][f"/api/v1/{name}"]["post"]
    schema: dict[str, Any] = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    return schema


FIELDS: Final = {name: schema for name, schema in form_of("animations")["properties"].items() if name != "photo"}


def allowed(schema: dict[str, Any]) -> list[str]:
    """Values at the limits of what a field's schema allows, as text."""
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    match schema["type"]:
        case "boolean":
            return ["true", "false"]
        case "integer":
            return [str(schema["minimum"]), str(schema["exclusiveMaximum"] - 1)]
        case "number":
            return [str(schema["minimum"]), str(schema["maximum"])]
    every = list(GESTURES)
    # as many as may be asked for at once, of short ones; of all, as many as fit into the longest loop
    parts = [["blink", "wink"] * (MAX_GESTURES // 2), *(every[at : at + 4] for at in range(0, len(every), 4))]
    gestures = [*map(",".join, parts), "smile,wink:left:0.7,blink:2", "look:viewer"]
    restore = ["off", "auto", "tone,denoise"]
    return {"face": ["auto", "left", "1", "99"], "gesture": gestures, "restore": restore}[schema["title"].lower()]


def forbidden(schema: dict[str, Any]) -> list[str]:
    """Values that a field's schema does not allow, as text."""
    match schema["type"]:
        case "integer" if "minimum" in schema:
            return [str(schema["minimum"] - 1), str(schema["exclusiveMaximum"]), "1.5", "x"]
        case "number":
            return [str(schema["minimum"] - 0.01), str(schema["maximum"] + 0.01), "nan", "x"]
    return ["x"]


class Answers:
    """Checks answers of the API against the document and remembers which of its answers came."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()

    async def check(self, answer: aiohttp.ClientResponse) -> Any:
        """The JSON of an answer, None where there is none."""
        path = answer.url.path
        job = path.removeprefix("/api/v1/animations/").partition("/")[0] if "animations/" in path else "{id}"
        known = re.sub("(?<=/renditions/).+", "{rendition}", path.replace(job, "{id}"))
        operation = DOCUMENT["paths"][known][answer.method.lower()]
        documented = operation["responses"][str(answer.status)]
        self.seen.add((operation["operationId"], answer.status))
        if "content" not in documented:
            assert await answer.read() == b""
            return None
        ((kind, content),) = documented["content"].items()
        assert answer.content_type == kind
        if kind != "application/json":
            return None
        body = await answer.json()
        validate(content["schema"], body)
        return body


def validate(schema: dict[str, Any], value: Any) -> None:
    jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)


@pytest_asyncio.fixture
async def running(service: Open) -> AsyncIterator[Service]:
    def find_faces(photo: Path, side: int, turn: int) -> FacesView:
        if turn == 180:
            raise FacesUnavailableError("too many wait")
        return FACES

    async with service(
        api_keys=[KEY], limit=40, find_faces=find_faces, make_rendition=copy_clip, previews=FakePreviews()
    ) as s:
        yield s


@pytest.mark.asyncio
async def test_every_route_is_documented(service: Open) -> None:
    async with service(public_url="https://photo.example.ru/") as s:
        served = await (await s.client.get("/api/v1/openapi.json")).json()
        assert served == json.loads(json.dumps(DOCUMENT))
        assert served["servers"] == [{"url": "https://photo.example.ru"}]
        ours = {
            (route.method, route.resource.canonical)
            for route in s.client.app.router.routes()
            if route.resource and route.resource.canonical.startswith("/api/") and route.method != "HEAD"
        } - {("GET", "/api/v1/openapi.json")}
        written = {(method.upper(), path) for path, item in served["paths"].items() for method in METHODS & set(item)}
        assert written == ours
        assert "JobView" in served["components"]["schemas"]


def test_the_form_is_that_of_the_handler() -> None:
    assert set(form_of("animations")["properties"]) == set(WishForm.model_fields)
    assert {form_of("animations")["properties"][name]["type"] for name in ("adult", "archive", "card")} == {"boolean"}
    assert {"reason", "cause"} <= set(DOCUMENT["components"]["schemas"]["JobView"]["properties"])
    assert all(schema["description"] for schema in form_of("animations")["properties"].values())


@pytest.mark.asyncio
@pytest.mark.parametrize("name", FIELDS)
async def test_each_documented_field_is_taken(running: Service, name: str) -> None:
    for value in allowed(FIELDS[name]):
        answer = await running.send((await running.issue()).token, **{name: value})
        assert answer.status == 202, (value, await answer.text())
    wishes = {job.wish for job in running.queue.jobs.values()}
    assert len(wishes) == (1 if name == "card" else len(allowed(FIELDS[name])))
    for value in forbidden(FIELDS[name]):
        answer = await running.send((await running.issue()).token, **{name: value})
        assert answer.status == 400, value
        assert name in (await answer.json())["error"]["advice"]


@pytest.mark.asyncio
async def test_other_fields_are_not_taken(running: Service) -> None:
    assert form_of("animations")["additionalProperties"] is form_of("faces")["additionalProperties"] is False
    answer = await running.send((await running.issue()).token, long_side="9000")
    assert answer.status == 400
    assert set(FIELDS) <= set((await answer.json())["error"]["advice"].replace(",", "").split())


@pytest.mark.asyncio
async def test_every_answer_is_as_documented(running: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers()
    await preview_answers(running, answers, monkeypatch)
    await upload_answers(running, answers, monkeypatch)
    await job_answers(running, answers, monkeypatch)
    await listing_answers(running, answers, monkeypatch)
    documented = {(one.name, status.value) for one in OPERATIONS for status in one.answers}
    assert documented - answers.seen == set()


async def post(s: Service, path: str, token: str, photo: bytes = JPEG, **fields: str) -> aiohttp.ClientResponse:
    form = aiohttp.FormData(fields)
    form.add_field("photo", photo, filename="photo.jpg")
    return await s.client.post(f"/api/v1/{path}", data=form, headers={TICKET_HEADER: token})


async def preview_answers(s: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of the operation that previews a photo's movements."""
    token = (await s.issue()).token
    answer = await post(s, "previews", token)
    for line in (await answer.read()).splitlines():
        validate({"$ref": "#/components/schemas/PreviewView"}, PreviewView(**json.loads(line)).model_dump())
    await answers.check(answer)
    await answers.check(await post(s, "previews", token, adult="perhaps"))
    await answers.check(await post(s, "previews", "unknown"))
    await answers.check(await post(s, "previews", token, b"no photo"))
    await answers.check(await post(s, "previews", token, b""))
    with monkeypatch.context() as patch:
        patch.setattr(upload, "MAX_PHOTO_BYTES", 100)
        await answers.check(await post(s, "previews", token))
    with monkeypatch.context() as patch:
        patch.setattr(preview_budget, "PHOTOS", 0)
        await answers.check(await post(s, "previews", token))
    with monkeypatch.context() as patch:
        patch.setattr(s.queue, "waiting", failing(DatabaseDownError("no answer")))
        await answers.check(await post(s, "previews", token))


async def upload_answers(s: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of the two operations that take a photo."""
    token = (await s.issue()).token
    assert (await answers.check(await post(s, "animations", token)))["state"] == "waiting"
    assert (await answers.check(await post(s, "faces", token, turn="90"))) == FACES.model_dump()
    assert (await answers.check(await post(s, "faces", token, turn="180")))["error"]["code"] == "unavailable"
    with monkeypatch.context() as patch:
        patch.setitem(s.client.app._state, app_keys.PREVIEW_MAKER, None)
        assert (await answers.check(await post(s, "faces", token, JPEG + b"another")))["error"]["code"] == "used_ticket"
    for path in ("animations", "faces"):
        await answers.check(await post(s, path, token, turn="1"))
        await answers.check(await post(s, path, "unknown"))
        await answers.check(await post(s, path, token, JPEG + b"another"))
        await answers.check(await post(s, path, token, b"no photo"))
        await answers.check(await post(s, path, token, b""))
        with monkeypatch.context() as patch:
            patch.setattr(upload, "MAX_PHOTO_BYTES", 100)
            await answers.check(await post(s, path, token))
        for name in ("TICKET_UPLOADS", "TOTAL_BYTES"):
            with monkeypatch.context() as patch:
                patch.setattr(upload_budget, name, 0)
                await answers.check(await post(s, path, token))
    long = {KEY_HEADER: KEY, USER_HEADER: "u" * 201}
    assert (await answers.check(await s.send("", headers=long)))["error"]["code"] == "wrong_request"
    s.store.down = True
    await answers.check(await post(s, "animations", token, seed="1"))
    s.store.down = False
    with monkeypatch.context() as patch:
        patch.setattr(s.queue, "put", failing(TooManyJobsError(60)))
        await answers.check(await post(s, "animations", token, seed="2"))


async def listing_answers(s: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of the operations on all jobs of a ticket or of a key's user."""
    mine = {TICKET_HEADER: (await s.issue()).token}
    await s.send(mine[TICKET_HEADER], seed="5")
    assert len((await answers.check(await s.client.get(ANIMATIONS, headers=mine)))["animations"]) >= 1
    for headers in ({TICKET_HEADER: "unknown"}, {KEY_HEADER: KEY, USER_HEADER: "u" * 201}, {KEY_HEADER: KEY}):
        for method in ("GET", "DELETE"):
            await answers.check(await s.client.request(method, ANIMATIONS, headers=headers))
    with monkeypatch.context() as patch:
        patch.setattr(s.queue, "of", failing(DatabaseDownError("no answer")))
        for method in ("GET", "DELETE"):
            await answers.check(await s.client.request(method, ANIMATIONS, headers=mine))
    job = list(s.queue.jobs)[-1]
    s.store.objects["poster"] = b"poster"
    s.queue.becomes(job, JobState.DONE, results=(("jpg", "poster"), ("mp4", "poster")))
    listed = await (await s.client.get(ANIMATIONS, headers=mine)).json()
    await take_answers(s, answers, monkeypatch, f"{ANIMATIONS}/{listed['animations'][-1]['id']}", job, mine)
    again = f"{ANIMATIONS}/{listed['animations'][-1]['id']}/again"
    for headers, seed in ((mine, 8), (mine, -1), ({TICKET_HEADER: "unknown"}, 8), ({KEY_HEADER: KEY}, 8)):
        await answers.check(await s.client.post(again, json={"seed": seed}, headers=headers))
    for error in (TooManyJobsError(60), DatabaseDownError("no answer")):
        with monkeypatch.context() as patch:
            patch.setattr(s.queue, "put", failing(error))
            await answers.check(await s.client.post(again, json={"seed": 9}, headers=mine))
    with monkeypatch.context() as patch:
        patch.setattr("skill.tickets.MAX_UPLOADS", 1)
        await answers.check(await s.client.post(again, json={}, headers=mine))
    await answers.check(await s.client.delete(ANIMATIONS, headers=mine))


async def take_answers(
    s: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch, path: str, job: str, mine: dict[str, str]
) -> None:
    """Every answer about the page of a take that is done, and about the faces of one that asks."""
    await answers.check(await s.client.get(f"{path}/look"))
    await answers.check(await s.client.get(f"{ANIMATIONS}/{'x' * 44}/look"))
    for rendition in ("messenger", "wallpaper-clip"):
        await answers.check(await s.client.post(f"{path}/renditions/{rendition}"))
    await answers.check(await s.client.post(f"{ANIMATIONS}/{'x' * 44}/renditions/messenger"))
    await answers.check(await s.client.get(f"{path}/faces", headers=mine))
    await answers.check(await s.client.get(f"{path}/faces"))
    await answers.check(await s.client.get(f"{path}/faces", headers={KEY_HEADER: KEY, USER_HEADER: "u" * 201}))
    await answers.check(await s.client.post(f"{path}/again", data=b" " * 100_000, headers=mine))
    s.queue.becomes(job, JobState.REFUSED, reason="several_faces", updated=time.time())
    assert (await answers.check(await s.client.get(f"{path}/faces", headers=mine))) == FACES.model_dump()
    s.queue.becomes(job, JobState.DONE)
    with monkeypatch.context() as patch:
        patch.setattr(s.queue, "get", failing(DatabaseDownError("no answer")))
        await answers.check(await s.client.get(f"{path}/look"))
    with monkeypatch.context() as patch:
        patch.setattr(s.queue, "of", failing(DatabaseDownError("no answer")))
        await answers.check(await s.client.get(f"{path}/faces", headers=mine))


async def job_answers(s: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer of the operations on a job, in each of its states."""
    job = s.queue.only.id
    path = f"/api/v1/animations/{(await (await s.send((await s.issue()).token)).json())['id']}"
    s.store.objects["clip"] = b"mp4"
    for state, facts in (
        (JobState.WAITING, {}),
        (JobState.RUNNING, {"step": "animate", "share": 0.5}),
        (JobState.REFUSED, {"reason": "child.appeal"}),
        (JobState.FAILED, {"reason": "crashed"}),
        (JobState.DONE, {"results": (("mp4", "clip"),)}),
    ):
        s.queue.becomes(job, state, **facts)
        view = await answers.check(await s.client.get(path))
        assert (view["state"], len(view["results"])) == (state, state is JobState.DONE)
    async with s.client.get(f"{path}/events") as events:
        await answers.check(events)
        lines = [line async for line in events.content if line.startswith(b"data: ")]
    for line in lines:
        validate({"$ref": "#/components/schemas/JobView"}, json.loads(line[6:]))
    with monkeypatch.context() as patch:
        patch.setattr(job_watch, "JOB_WATCHERS", 0)
        await answers.check(await s.client.get(f"{path}/events"))
    for method, address in (("GET", path), ("DELETE", path), ("GET", f"{path}/events")):
        with monkeypatch.context() as patch:
            patch.setattr(s.queue, "get", failing(DatabaseDownError("no answer")))
            await answers.check(await s.client.request(method, address))
    await answers.check(await s.client.delete(path))
    for method, address in (("GET", path), ("DELETE", path), ("GET", f"{path}/events")):
        await answers.check(await s.client.request(method, address))


def failing(error: Exception) -> Any:
    """A method that raises `error`."""

    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.asyncio
async def test_a_photo_that_can_t_be_read_is_answered_as_documented(service: Open) -> None:
    def fail(photo: Path, side: int, turn: int) -> FacesView:
        raise PhotoError(Reason.BROKEN_FILE)

    async with service(find_faces=fail) as s:
        token = (await s.issue()).token
        await s.send(token)
        assert (await Answers().check(await post(s, "faces", token)))["error"]["code"] == "broken_file"
