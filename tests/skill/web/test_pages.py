"""Pages: what they show, what they forbid the browser to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filters.embeddings.base import FaceEmbedding
from filters.gallery import Gallery
from filters.messages import CAUSES
from pipeline.errors import Reason
from skill import guess_pace
from skill.movements import MOVEMENTS
from skill.web.app_keys import TEMPLATES
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio

KILOBYTES = 84  # of all that a page loads, without pictures and clips
SENT_KILOBYTES = 34  # of the same as it is sent, compressed


def words(page: str) -> str:
    """A page without no-break spaces."""
    return page.replace("\u00a0", " ")


async def test_nothing_inline_and_nothing_from_elsewhere(service: Open) -> None:
    async with service() as s:
        token = (await s.issue()).token
        weight = sent = 0
        for path in ("/", "/privacy", "/u/" + "x" * 43, f"/u/{token}"):
            answer = await s.client.get(path)
            text = await answer.text()
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)
            assert not re.search(r"""(?:src|href|action)=["'](?!/(?!/))""", text)
            assert "<html lang=ru>" in text
            page = int(answer.headers["Content-Length"])  # in the end that of the page behind a ticket's link
            for link in set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text)):
                assert (await s.client.get(link)).status == 200
        for name in s.client.app[TEMPLATES].files:
            answer = await s.client.get(f"/static/{'0' * 12}/{name}")
            pictures = name.endswith((".svg", ".png", ".mp4", ".jpg"))
            if not pictures and not name.startswith(("dev", "link.", "code.", "look.")):  # which other pages load
                weight += len(await answer.read())
                sent += int(answer.headers["Content-Length"])
            assert answer.headers["Cache-Control"] == "no-cache"
            assert answer.headers["Content-Security-Policy"]
        assert weight + len(text.encode()) < KILOBYTES * 1024
        assert sent + page < SENT_KILOBYTES * 1024


async def test_static_files_are_kept_by_browsers_and_others_are_not_there(service: Open) -> None:
    async with service() as s:
        page = await (await s.client.get("/")).text()
        (style,) = re.findall(r'href="(/static/[^"]+/style\.css)"', page)
        assert "immutable" in (await s.client.get(style)).headers["Cache-Control"]
        for wrong in ("/static/../settings.py", style.replace("style", "other"), "/static/x/style.css"):
            assert (await s.client.get(wrong)).status == 404
        assert "Disallow: /" in await (await s.client.get("/robots.txt")).text()
        assert (await s.client.get("/favicon.ico")).content_type == "image/svg+xml"


async def test_a_code_leads_to_its_ticket_s_page(service: Open) -> None:
    async with service() as s:
        issued = await s.issue()
        spoken = f"{issued.code[:3]} {issued.code[3:]}"
        answer = await s.client.post("/code", data={"code": spoken}, allow_redirects=False)
        assert answer.status == 303
        page = await s.client.get(answer.headers["Location"])
        assert page.status == 200
        assert "Выбрать фотографию" in await page.text()
        again = await s.client.post("/code", data={"code": issued.code})
        assert again.status == 404
        assert f'value="{issued.code}"' in await again.text()  # to be compared with what was said
        assert "role=alert>Такого кода нет" in await again.text()


async def test_guessing_is_slowed_down(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guess_pace, "PATIENCE", 1.0)
    async with service() as s:
        statuses = [(await s.client.post("/code", data={"code": f"{n:06}"})).status for n in range(6)]
        assert statuses == [404] * 5 + [429]
        late = await s.client.post("/code", data={"code": "123456"}, headers={"X-Forwarded-For": "9.9.9.9"})
        assert late.status == 429  # without a proxy of ours that header is a stranger's word
        assert 10 < int(late.headers["Retry-After"]) <= guess_pace.NETWORK_SECONDS
        assert "секунд" in await late.text()


async def test_a_right_code_waits_for_its_turn_and_passes(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guess_pace, "NETWORK_SECONDS", 0.5)
    async with service() as s:
        for n in range(7):
            await s.client.post("/code", data={"code": f"{n:06}"})
        code = (await s.issue()).code
        assert (await s.client.post("/code", data={"code": code}, allow_redirects=False)).status == 303


async def test_behind_a_proxy_each_address_counts_for_itself(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guess_pace, "PATIENCE", 1.0)
    async with service(behind_proxy=True) as s:
        for _ in range(6):
            answer = await s.client.post(
                "/code", data={"code": "000001"}, headers={"X-Forwarded-For": "8.8.8.8, 1.1.1.1"}
            )
        assert answer.status == 429
        other = await s.client.post("/code", data={"code": "000001"}, headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
        assert other.status == 404


@pytest.mark.parametrize("code", ["", "12345", "1234567", "абвгде", "<script>alert(1)</script>"])
async def test_what_is_no_code_is_told(service: Open, code: str) -> None:
    async with service() as s:
        answer = await s.client.post("/code", data={"code": code})
        assert answer.status == 400
        text = await answer.text()
        assert "Нужны шесть цифр" in text
        assert "alert(1)" not in text


async def test_an_old_link_says_what_to_do(service: Open) -> None:
    async with service() as s:
        answer = await s.client.get("/u/" + "x" * 43)
        assert answer.status == 410
        assert "больше не действует" in words(await answer.text())


async def test_a_page_loaded_again_finds_its_job(service: Open) -> None:
    async with service() as s:
        issued = await s.issue()
        assert 'data-job=""' in await (await s.client.get(f"/u/{issued.token}")).text()
        job = (await (await s.send(issued.token)).json())["id"]
        assert f'data-job="{job}"' in await (await s.client.get(f"/u/{issued.token}")).text()


async def test_every_movement_has_its_button(service: Open) -> None:
    async with service() as s:
        page = words(await (await s.client.get(f"/u/{(await s.issue()).token}")).text())
        buttons = re.findall(r"<button value=([^>]+)>([^<]+)<", page)
        assert buttons == [(one.value, one.label) for one in MOVEMENTS]
        assert " data-previews" not in page  # switched off here


async def test_every_movement_has_a_sample(service: Open) -> None:
    async with service() as s:
        files = s.client.app[TEMPLATES].files
        samples = {name for name in files if name.startswith("sample")}
        assert samples == {"sample.jpg", *(f"sample-{one.name}.mp4" for one in MOVEMENTS)}
        assert max(len(files[name]) for name in samples) < 20_000
        answer = await s.client.get(f"/static/{'0' * 12}/sample-warmth.mp4")
        assert (answer.status, answer.content_type) == (200, "video/mp4")
        assert await answer.read() == files["sample-warmth.mp4"]


async def test_how_long_it_is_kept_is_said(service: Open) -> None:
    async with service(keep="90m") as s:
        assert "2 часа" in words(await (await s.client.get(f"/u/{(await s.issue()).token}")).text())


async def test_what_happens_to_a_photo_is_told_with_this_service_s_times(service: Open) -> None:
    async with service(keep="3d", ticket_minutes=20) as s:
        page = await (await s.client.get(f"/u/{(await s.issue()).token}")).text()
        assert 'href="/privacy" target=_blank' in page  # in a tab of its own: the chosen photo is in this one
        text = words(await (await s.client.get("/privacy")).text())
        assert "Видео хранится 3 дня" in text
        assert "через 20 минут" in text


async def test_every_refusal_has_a_drawing(service: Open) -> None:
    async with service() as s:
        drawn = ("examples.svg", "causes.svg", "drawings.js")
        files = {name: s.client.app[TEMPLATES].files[name].decode() for name in drawn}
    reasons, causes = (set(re.findall(r'<symbol id="(\w+)"', files[name])) for name in ("examples.svg", "causes.svg"))
    assert reasons == set(Reason) | {"good"}
    of_their_reason = {"appeal", "archive", "blur", "profile", "statue"}  # its drawing shows just these, or anything
    assert causes == set(CAUSES) - of_their_reason
    listed = [set(re.findall(r"(\w+): ?\"", part)) for part in files["drawings.js"].split("CAUSES={")]
    assert listed == [set(Reason), causes]


@pytest.mark.parametrize(
    ("settings", "present", "absent"),
    [
        ({}, ("Детей и подростков", "исполнилось 18 лет", "закрыто", "Рисунки"), ("родные", "списком")),
        ({"children": "off"}, (), ("Детей", "Подтверждение", "родные")),
        ({"archive": True}, ("родные подтвердят согласие",), ()),
        ({"archive": True, "children": "off"}, (), ("родные",)),
        ({"readable": False}, ("файл не открылся",), ("закрыто",)),
        ({"drawings": True}, (), ("Рисунки",)),
    ],
)
async def test_the_privacy_page_tells_what_is_refused_here(
    service: Open, settings: dict[str, Any], present: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    async with service(**settings) as s:
        page = (await (await s.client.get("/privacy")).text()).replace("\u00a0", " ")
        assert [words for words in present if words not in page] == []
        assert [words for words in absent if words in page] == []


async def test_the_privacy_page_tells_of_a_gallery(service: Open, gallery: Path) -> None:
    filled = Gallery(gallery, "open-1", (4,))
    filled.add("Анна", [FaceEmbedding((np.ones(4, np.float32),), 1.0, 100.0)])
    filled.close()
    async with service() as s:
        page = (await (await s.client.get("/privacy")).text()).replace("\u00a0", " ")
        assert "списком известных людей" in page
        assert "Анна" not in page


async def test_the_privacy_page_names_the_operator_and_the_consent(service: Open) -> None:
    async with service() as s:
        assert "Кто за это отвечает" not in words(await (await s.client.get("/privacy")).text())
    consent = "Я согласен.\n\nВторой <b>абзац</b>."
    async with service(operator="ООО «Ромашка»", contact="foto@example.ru", consent=consent) as s:
        text = words(await (await s.client.get("/privacy")).text())
        for part in ("ООО «Ромашка»", "foto@example.ru", "<p>Я согласен.</p>", "&lt;b&gt;абзац"):
            assert part in text
