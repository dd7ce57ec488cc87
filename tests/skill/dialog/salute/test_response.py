"""Sber's assistants over the same conversation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from skill.dialog.codec import AnswerError, Pseudonymizer
from skill.dialog.salute.response import Salute
from skill.dialog.salute.schema import check_salute
from skill.dialog.types import Button, Card, Kind, Reply, Surface, Turn
from tests.skill.dialog import messages
from tests.skill.dialog.alice.test_response import replies
from tests.skill.dialog.webhook_fixture import SECRET, EchoDialog, open_webhook_client

PATH = f"/salute/{SECRET}"
CODEC = Salute(Pseudonymizer("s" * 64))


def turn(body: dict[str, Any], codec: Salute = CODEC) -> Turn:
    made = codec.decode(json.dumps(body).encode()).turn
    assert made is not None
    return made


def written(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    raw = CODEC.encode(CODEC.decode(json.dumps(body).encode()), reply)
    assert b"\n" not in raw
    made: dict[str, Any] = json.loads(raw)
    check_salute(made, body)
    return made


def test_a_phrase() -> None:
    made = turn(messages.salute("Оживи, фото!"))
    assert (made.platform, made.kind, made.text, made.number) == ("salute", Kind.SAID, "оживи фото", 3)
    assert made.surface == Surface(screen=True)
    assert made.signed_in
    assert not made.new
    assert "d2d6da62" not in made.user
    assert turn(messages.salute(screen=False)).surface == Surface()


def test_a_start_is_no_wish() -> None:
    for body in (messages.salute("Запусти оживи фото", new=True), messages.salute("Включи", name="RUN_APP")):
        made = turn(body)
        assert (made.new, made.text) == (True, "")


def test_a_guest_is_known_by_the_device() -> None:
    body = messages.salute()
    del body["uuid"]["sub"]
    made = turn(body)
    assert not made.signed_in
    assert made.user == made.device


@pytest.mark.parametrize("field", ["parameters", "payload"])
def test_a_button(field: str) -> None:
    made = turn(messages.salute_pressed({"wish": "smile"}, field))
    assert (made.kind, made.payload) == (Kind.PRESSED, {"wish": "smile"})


def test_the_state_lasts_as_long_as_their_session() -> None:
    now = [0.0]
    codec = Salute(Pseudonymizer("s" * 64), clock=lambda: now[0])
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


@settings(max_examples=150, deadline=None)
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
        assert len(dialog.turns) == 5  # two bodies have the same ids, one wants no answer
        assert (await client.post(b"{", PATH))[0] == 200
        assert (await client.post(messages.salute(), "/salute/" + "x" * 32))[0] == 404


@pytest.mark.parametrize(
    "change",
    [
        {"pronounceText": ""}, {"pronounceText": "a\nb"}, {"pronounceText": "sil <[3]>"}, {"items": []}, {"new": 1},
        {"finished": None}, {"items": [{"bubble": {"text": "a" * 251, "expand_policy": "auto_expand"}}]},
        {"items": [{}]},
    ],
)  # fmt: skip
def test_the_model_of_an_answer_is_strict(change: dict[str, Any]) -> None:
    made = written(Reply("Да."), messages.salute())
    made["payload"] |= change
    with pytest.raises(AnswerError):
        check_salute(made)
    with pytest.raises(AnswerError, match="messageId"):
        check_salute(written(Reply("Да."), messages.salute()), messages.salute(message=9))
