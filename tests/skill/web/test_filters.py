"""The filters as the service tells of them, and what a person says to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from filters.embeddings.base import Likeness
from filters.gallery import Gallery
from skill.jobs.model import JobState
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OZHIVI_GALLERY", str(tmp_path / "gallery.db"))
    return tmp_path / "gallery.db"


async def test_health_says_what_is_in_force(service: Open, tmp_path: Path) -> None:
    async with service(children="strict") as s:
        told = await (await s.client.get("/healthz")).text()
        assert '"children": "strict"' in told
        assert '"gallery": "empty"' in told
        assert str(tmp_path) not in told


@pytest.mark.parametrize(
    ("settings", "said", "unsaid"),
    [
        ({}, ("Детей и подростков", "есть 18 лет", "закрыто", "Рисунки"), ("родные", "списком")),
        ({"children": "off"}, (), ("Детей", "Подтверждение", "родные")),
        ({"archive": True}, ("родные подтвердят согласие",), ()),
        ({"archive": True, "children": "off"}, (), ("родные",)),
        ({"readable": False}, ("файл не открылся",), ("закрыто",)),
        ({"drawings": True}, (), ("Рисунки",)),
    ],
)
async def test_the_privacy_page_tells_what_is_refused_here(
    service: Open, settings: dict[str, Any], said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    async with service(**settings) as s:
        page = (await (await s.client.get("/privacy")).text()).replace("&nbsp;", " ")
        assert [words for words in said if words not in page] == []
        assert [words for words in unsaid if words in page] == []


async def test_the_privacy_page_tells_of_a_gallery(service: Open, gallery: Path) -> None:
    filled = Gallery(gallery, "open-1", (4,))
    filled.add("Анна", [Likeness((np.ones(4, np.float32),), 1.0, 100.0)])
    filled.close()
    async with service() as s:
        page = (await (await s.client.get("/privacy")).text()).replace("&nbsp;", " ")
        assert "списком известных людей" in page
        assert "Анна" not in page


@pytest.mark.parametrize("kind", ["adult", "archive"])
async def test_a_word_of_consent_is_kept_with_the_job_and_logged(service: Open, kind: str) -> None:
    async with service() as s:
        with capture_logs() as lines:
            answer = await s.send((await s.issue()).token, **{kind: "true"})
        assert answer.status == 202
        job = s.queue.only
        assert (job.wish.adult, job.wish.archive) == (kind == "adult", kind == "archive")
        logged = [line for line in lines if line["event"] == "consent"]
        assert logged == [{"event": "consent", "log_level": "info", "kind": kind, "job": job.id}]


async def test_without_a_word_nothing_of_it_is_logged(service: Open) -> None:
    async with service() as s:
        with capture_logs() as lines:
            await s.send((await s.issue()).token, adult="false", archive="")
        assert not (s.queue.only.wish.adult or s.queue.only.wish.archive)
        assert "consent" not in [line["event"] for line in lines]


async def test_a_word_that_is_neither_yes_nor_no_is_told(service: Open) -> None:
    async with service() as s:
        answer = await s.send((await s.issue()).token, adult="наверное")
        assert answer.status == 400
        assert "adult" in (await answer.json())["error"]["advice"]


async def test_the_same_photo_comes_again_with_a_word(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        first = await (await s.send(token)).json()
        s.queue.becomes(s.queue.only.id, JobState.REFUSED, reason="child.appeal")
        shown = await (await s.client.get(f"/api/v1/animations/{first['id']}")).json()
        assert (shown["reason"], shown["cause"]) == ("child", "appeal")
        assert shown["sentence"].startswith("Кажется")
        again = await s.send(token, adult="true")
        assert again.status == 202
        assert (await again.json())["id"] != first["id"]
