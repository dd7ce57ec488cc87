"""A form of somebody else's page spends nothing of its visitor's."""

from __future__ import annotations

import pytest

from skill import guess_pace
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://www.example.ru"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://photo.example.ru.evil.example"},
)
OWN = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "null"},
    {"Origin": "https://photo.example.ru"},
)


async def test_a_foreign_form_spends_no_code(service: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guess_pace, "PATIENCE", 0.0)
    async with service(public_url="https://photo.example.ru") as s:
        for headers in FOREIGN * 3:
            answer = await s.client.post("/code", data={"code": "000001"}, headers=headers)
            assert answer.status == 403
            assert "Введите код на\xa0этой странице" in await answer.text()
        for headers in OWN:
            assert (await s.client.post("/code", data={"code": "000001"}, headers=headers)).status == 404


async def test_a_foreign_form_takes_nobody_to_a_page(service: Open) -> None:
    async with service() as s:
        for headers in FOREIGN:
            code = (await s.issue()).code
            answer = await s.client.post("/code", data={"code": code}, headers=headers, allow_redirects=False)
            assert answer.status == 403
            answer = await s.client.post("/code", data={"code": code}, allow_redirects=False)
            assert answer.status == 303


async def test_without_a_public_address_the_host_is_ours(service: Open) -> None:
    async with service() as s:
        own = f"http://{s.client.host}:{s.client.port}"
        assert (await s.client.post("/code", data={"code": "000001"}, headers={"Origin": own})).status == 404
