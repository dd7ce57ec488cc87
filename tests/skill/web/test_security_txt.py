"""Whom to tell of a vulnerability, as RFC 9116 wants it said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from skill.settings import Settings
from skill.web.security_txt import security_text
from tests.skill.web.conftest import Open

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ("security@photo.example.ru", "mailto:security@photo.example.ru"),
        (" https://photo.example.ru/contact ", "https://photo.example.ru/contact"),
        ("+7 (495) 000-00-00", "tel:+74950000000"),
        ("спросите Ивана\nContact: https://evil.example", "https://photo.example.ru/privacy"),
        ("https://a b\r\nX: y", "https://photo.example.ru/privacy"),
    ],
)
def test_the_operators_contact_is_an_address(contact: str, uri: str) -> None:
    text = security_text(Settings(contact=contact, public_url="https://photo.example.ru"), NOW)
    assert text.splitlines() == [
        f"Contact: {uri}",
        "Expires: 2026-05-31T12:00:00Z",
        "Preferred-Languages: ru, en",
        "Canonical: https://photo.example.ru/.well-known/security.txt",
    ]


@pytest.mark.asyncio
async def test_it_is_there_when_the_operator_has_a_contact(service: Open) -> None:
    async with service(contact="security@photo.example.ru") as s:
        answer = await s.client.get("/.well-known/security.txt")
        assert (answer.status, answer.content_type, answer.charset) == (200, "text/plain", "utf-8")
        assert "Contact: mailto:security@photo.example.ru\n" in await answer.text()
    async with service() as s:
        assert (await s.client.get("/.well-known/security.txt")).status == 404
