"""Sber's assistants over the same conversation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from skill.dialog.codec import Pseudonymizer
from skill.dialog.salute.response import SaluteCodec
from skill.dialog.salute.schema import check_salute
from skill.dialog.types import Button, Card, Reply, Turn
from tests.skill.dialog import messages
from tests.skill.dialog.alice.test_response import replies
from tests.skill.dialog.webhook_fixture import SECRET, EchoDialog, open_webhook_client

PATH = f"/salute/{SECRET}"
CODEC = SaluteCodec(Pseudonymizer("s" * 64))


def turn(body: dict[str, Any], codec: SaluteCodec = CODEC) -> Turn:
    made = codec.decode(json.dumps(body).encode()).turn
    assert made is not None
    return made


def written(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    raw = CODEC.encode(CODEC.decode(json.dumps(body).encode()), reply)
    assert b"\n" not in raw
    made: dict[str, Any] = json.loads(raw)
    check_salute(made, body)
    return made


def test_the_state_lasts_as_long_as_their_session() -> None:
    now = [0.0]
    codec = SaluteCodec(Pseudonymizer("s" * 64), clock=lambda: now[0])
    codec.encode(codec.decode(json.dumps(messages.salute()).encode()), Reply("Удалить?", state={"asked": "delete"}))
    assert turn(messages.salute("да"), codec).state == {"asked": "delete"}
    assert turn(messages.salute(new=True), codec).state == {}
    now[0] = 1000.0
    assert turn(messages.salute("да"), codec).state == {}


def test_a_reply() -> None:
    reply = Reply(
        "Готово!\nСмотрите.",
        "Гот+ово! sil <[300]> Смотр+ите & <speaker audio='x.opus'>любуйтесь.",
        (Button("Смотреть", url="https://фото.рф/r"), Button("Ещё", payload={"wish": "again"}), Button("Помощь")),
        Card("https://example.ru/poster.jpg", "Бабушка", url="https://example.ru/r"),
    )
    payload = written(reply, messages.salute())["payload"]
    assert payload["pronounceText"] == "<speak>Гото'во! <break time=\"300ms\"/> Смотри'те &amp; любуйтесь.</speak>"
    assert payload["pronounceTextType"] == "application/ssml"
    assert payload["items"][0]["bubble"]["text"] == "Готово! Смотрите."
    assert payload["items"][1]["card"]["items"][0]["image"]["url"] == "https://example.ru/poster.jpg"
    assert [one["actions"][0]["type"] for one in payload["suggestions"]["buttons"]] == [
        "deep_link", "server_action", "text",
    ]  # fmt: skip
    assert (payload["auto_listening"], payload["finished"]) == (True, False)
    speaker = written(reply, messages.salute(screen=False))["payload"]
    assert [one["title"] for one in speaker["suggestions"]["buttons"]] == ["Ещё", "Помощь"]
    assert len(speaker["items"]) == 1


def test_a_long_text_is_several_bubbles_and_the_end_closes() -> None:
    payload = written(Reply("Довольно длинное предложение здесь. " * 20, end=True), messages.salute())["payload"]
    assert len(payload["items"]) == 5
    assert payload["items"][-1] == {"command": {"type": "close_app"}}
    assert all(len(one["bubble"]["text"]) <= 250 for one in payload["items"][:-1])
    assert (payload["auto_listening"], payload["finished"]) == (False, True)


@settings(max_examples=75, deadline=None)
@given(replies)
def test_any_reply(reply: Reply) -> None:
    for body in (messages.salute(), messages.salute(screen=False)):
        written(reply, body)


@pytest.mark.asyncio
async def test_the_webhook(tmp_path: Path) -> None:
    dialog = EchoDialog()
    async with open_webhook_client(tmp_path, dialog) as client:
        for body in messages.SALUTE:
            status, answer = await client.post(body, PATH)
            if body["messageName"] == "CLOSE_APP":
                assert (status, answer) == (204, b"")
            else:
                assert status == 200
                check_salute(json.loads(answer), body)
        assert len(dialog.turns) == 6  # one wants no answer
        assert (await client.post(b"{", PATH))[0] == 200
        assert (await client.post(messages.salute(), "/salute/" + "x" * 32))[0] == 404
