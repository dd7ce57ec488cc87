"""What Sber's assistants send becomes a Turn."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skill.dialog.codec import Incoming, Pseudonymizer
from skill.dialog.salute.request import parse_request
from skill.dialog.types import Kind, Surface, Turn
from tests.skill.dialog import messages

PSEUDONYMIZER = Pseudonymizer("s" * 64)


def parse(body: object) -> Incoming:
    return parse_request(json.dumps(body).encode(), PSEUDONYMIZER)


def turn(body: dict[str, Any]) -> Turn:
    made = parse(body).turn
    assert made is not None
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


def test_what_an_answer_repeats() -> None:
    body = messages.salute()
    assert parse(body).echo == {
        "sessionId": body["sessionId"], "messageId": 3, "uuid": body["uuid"], "device": body["payload"]["device"],
    }  # fmt: skip
    strange = body | {"sessionId": 5, "messageId": [1], "uuid": "x", "payload": []}
    assert parse(strange) == Incoming(None, echo={"device": {}})


def test_the_end_wants_no_answer() -> None:
    assert parse(messages.salute("", name="CLOSE_APP")).silent


def test_the_same_message_has_the_same_key() -> None:
    bodies = [
        messages.salute(),
        messages.salute(message=4),
        messages.salute("готово"),
        messages.salute_pressed({"wish": "smile"}) | {"messageId": 3},
        messages.salute() | {"sessionId": "other"},
    ]
    assert parse(messages.salute()).key == parse(bodies[0]).key
    assert len({parse(body).key for body in bodies}) == 5


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 60_000, b'{"a":NaN}', b"{}"])
def test_bytes_that_say_nothing(body: bytes) -> None:
    assert parse_request(body, PSEUDONYMIZER) == Incoming(None, echo={"device": {}})
