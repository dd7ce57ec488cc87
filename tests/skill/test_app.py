"""The service with nothing faked: from a ticket to a clip and to nothing, and what its log says of it."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from skill.app import build_service
from skill.demo_portrait import astronaut
from skill.settings import load
from skill.web import app_keys
from skill.web.auth import TICKET_HEADER
from tests.retouched_portrait import retouched_portrait
from weights.store import WeightStore

pytestmark = pytest.mark.asyncio

ADDRESS = "203.0.113.77"
NAME = "Бабушка-Нюра-1944.png"
USER = "user-4242"
Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]


@pytest_asyncio.fixture
async def client(tmp_path: Path, built_weights: WeightStore, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """`param`: the longest side of a clip."""
    side = getattr(request, "param", 320)
    settings = load({"data_dir": tmp_path / "data", "long_side": side, "behind_proxy": True, "port": 0})
    async with TestClient(TestServer(build_service(settings))) as client:
        yield client


async def send(client: Client, token: str, photo: bytes, **fields: str) -> aiohttp.ClientResponse:
    form = aiohttp.FormData(fields)
    form.add_field("photo", io.BytesIO(photo), filename=NAME)
    headers = {TICKET_HEADER: token, "X-Forwarded-For": ADDRESS, "User-Agent": "Granny's phone"}
    return await client.post("/api/v1/animations", data=form, headers=headers)


async def watched(client: Client, path: str) -> list[dict[str, object]]:
    async with client.get(f"{path}/events") as answer:
        return [json.loads(line[6:]) async for line in answer.content if line.startswith(b"data: ")]


async def stored(data: Path) -> list[Path]:
    folders = [data / name for name in ("media", "incoming", "work")]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


async def test_the_whole_way_and_not_a_word_of_it_in_the_log(client: Client, log: io.StringIO, tmp_path: Path) -> None:
    issued = await client.app[app_keys.TICKETS].issue(USER)
    assert (await client.get("/readyz")).status == 200
    by_code = await client.post(
        "/code", data={"code": issued.code}, headers={"X-Forwarded-For": ADDRESS}, allow_redirects=False
    )
    assert (await client.get(by_code.headers["Location"])).status == 200
    token = by_code.headers["Location"].rsplit("/", 1)[-1]
    refused = await send(client, issued.token, astronaut()[:9000])
    path = refused.headers["Location"]
    assert (await watched(client, path))[-1]["reason"] == "broken_file"

    begun = await send(client, token, astronaut(), seconds="2")
    path = begun.headers["Location"]
    seen = await watched(client, path)
    assert seen[-1]["state"] == "done", seen[-1]
    assert (await (await client.get(path)).json())["state"] == "done"
    links = {one["format"]: one for one in seen[-1]["results"]}  # type: ignore[attr-defined]
    clip = await client.get(links["mp4"]["url"], headers={"Range": "bytes=0-99"})
    assert (clip.status, clip.content_type) == (206, "video/mp4")
    saved = await client.get(links["gif"]["download"])
    assert "attachment" in saved.headers["Content-Disposition"]
    assert (await saved.read()).startswith(b"GIF8")
    assert len(await stored(tmp_path / "data")) == 3  # the clips; the photo is gone

    assert (await client.delete(path)).status == 204
    assert (await client.get(links["mp4"]["url"])).status == 404
    assert await stored(tmp_path / "data") == []
    await client.get("/nowhere/" + NAME)
    metrics = await (await client.get("/metrics")).text()
    assert 'ozhivi_step_seconds_count{step="animate"} 1.0' in metrics
    assert 'ozhivi_refusals_total{reason="broken_file"} 1.0' in metrics

    lines = log.getvalue()
    assert '"job_ended"' in lines
    secrets = (NAME, "Нюра", issued.token, token, issued.code, ADDRESS, "127.0.0.1", USER, "Granny", path[-44:])
    for text in (lines, metrics):
        for secret in secrets:
            assert secret not in text
    for line in lines.splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the process that renders, which is there as soon as the service is; it refuses the retouched portrait."""
    monkeypatch.setenv("OZHIVI_CHILDREN", "strict")


@pytest.mark.parametrize("client", [512], indirect=True)
async def test_a_refused_adult_is_animated_after_a_word(strict: None, client: Client, log: io.StringIO) -> None:
    photo = retouched_portrait()
    token = (await client.app[app_keys.TICKETS].issue(USER)).token
    refused = await send(client, token, photo, seconds="2")
    last = (await watched(client, refused.headers["Location"]))[-1]
    assert (last["state"], last["reason"], last["cause"]) == ("refused", "child", "appeal")
    answered = await send(client, token, photo, seconds="2", adult="true")
    assert (await watched(client, answered.headers["Location"]))[-1]["state"] == "done"
    metrics = await (await client.get("/metrics")).text()
    assert 'ozhivi_refusals_total{reason="child"} 1.0' in metrics
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["kind"] for line in lines if line["event"] == "consent"] == ["adult"]


async def test_an_error_of_ours_is_answered_kindly_and_logged_without_its_words(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_: object, token: str) -> None:
        raise RuntimeError(f"a secret {token}")

    monkeypatch.setattr(type(client.app[app_keys.TICKETS]), "get", breaks)
    page = await client.get("/u/" + "t" * 43)
    assert page.status == 500
    assert "сломалось у\xa0нас" in await page.text()
    assert (await send(client, "t" * 43, b"x")).status == 500
    lines = log.getvalue()
    assert '"error": "RuntimeError"' in lines
    assert "test_app.py" in lines
    assert "a secret" not in lines
