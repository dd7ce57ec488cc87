"""What Alice sends becomes a Turn, however odd it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skill.dialog.alice.request import parse_request
from skill.dialog.codec import Incoming, Pseudonymizer
from skill.dialog.types import Kind, Surface, Turn
from tests.skill.dialog import messages

NAMER = Pseudonymizer("s" * 64)


def heard(body: object, bearer: str = "") -> Incoming:
    return parse_request(json.dumps(body).encode(), bearer, NAMER)


def turn(body: object) -> Turn:
    made = heard(body).turn
    assert made is not None
    return made


def test_a_phrase() -> None:
    made = turn(messages.alice("оживи фото"))
    assert (made.platform, made.kind, made.text, made.number, made.new) == ("alice", Kind.SAID, "оживи фото", 1, False)
    assert made.surface == Surface(screen=True, linking=True)
    assert made.state == {"asked": "delete"}
    assert not made.dangerous
    assert not made.signed_in


def test_people_and_devices_have_names_of_ours() -> None:
    guest, known = turn(messages.START), turn(messages.SIGNED_IN)
    assert guest.user == guest.device == known.device
    assert known.user != known.device
    assert known.signed_in
    assert len(known.user) == 22
    for name in (known.user, known.device, known.session):
        assert name not in json.dumps(messages.SIGNED_IN)
    other = json.loads(json.dumps(messages.SIGNED_IN))
    other["session"]["skill_id"] = "another"
    assert turn(other).user != known.user
    elsewhere = parse_request(json.dumps(messages.SIGNED_IN).encode(), "", Pseudonymizer("t" * 64)).turn
    assert elsewhere is not None
    assert elsewhere.user != known.user


def test_the_first_turn_may_hold_a_wish() -> None:
    made = turn(messages.FIRST_WISH)
    assert made.new
    assert made.text == "оживи фото бабушки"
    assert turn(messages.START).text == ""


def test_a_station_has_no_screen() -> None:
    assert turn(messages.STATION).surface == Surface()


def test_intents_and_slots() -> None:
    made = turn(messages.WITH_INTENTS).intents
    assert made["photo.animate"] == {"style": "smile"}
    assert made["YANDEX.CONFIRM"] == {}
    assert made["photo.face"] == {"n": "2", "who": '{"first_name":"нюра"}'}


def test_buttons() -> None:
    made = turn(messages.BUTTON)
    assert (made.kind, made.payload, made.text) == (Kind.PRESSED, {"wish": "smile"}, "надпись на кнопке")
    assert turn(messages.BUTTON_STRING).payload == {"wish": "wink"}
    words = json.loads(json.dumps(messages.BUTTON))
    words["request"]["payload"] = "улыбка"
    assert turn(words).payload == {"value": "улыбка"}


def test_an_account_was_linked() -> None:
    made = heard(messages.LINKED)
    assert made.turn is not None
    assert made.turn.kind is Kind.LINKED
    assert made.token == "AgAAAAAB4vpb"
    assert "AgAAAAAB4vpb" not in repr(made)
    assert heard(messages.START, "from-the-header").token == "from-the-header"


@pytest.mark.parametrize("body", [*messages.LEGACY, messages.SHOW])
def test_other_kinds(body: dict[str, Any]) -> None:
    assert turn(body).kind is Kind.OTHER


def test_dangerous() -> None:
    assert turn(messages.DANGEROUS).dangerous


def test_nothing_optional_is_needed() -> None:
    made = turn(messages.NO_STATE)
    assert (made.text, made.state, made.intents) == ("да", {}, {})
    bare = turn({"session": {"session_id": "s"}})
    assert (bare.kind, bare.text, bare.number, bare.new) == (Kind.OTHER, "", 0, False)


@pytest.mark.parametrize("body", [messages.CONSOLE_PING, messages.SHORT_PING])
def test_ping(body: dict[str, Any]) -> None:
    assert heard(body).ping
    assert heard(body).turn is None


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 60_000, b'{"a":NaN}', b"1" * 5000, b'{"session":[]}', b'"\\ud800"'],
)
def test_bytes_that_say_nothing(body: bytes) -> None:
    assert parse_request(body, "", NAMER) == Incoming(None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("meta", []), ("meta", {"interfaces": []}), ("request", "оживи"), ("request", {"nlu": {"intents": [1]}}),
        ("request", {"nlu": {"intents": {"a": {"slots": {"b": {"value": None}}}}}}), ("state", 3),
        ("request", {"type": 7, "command": 5, "payload": [1], "markup": "yes"}), ("state", {"session": "x"}),
        ("request", {"command": "\ud800", "nlu": {"tokens": [None, 3, "а"]}}), ("state", {"session": {"a": "\udfff"}}),
        ("state", {"session": {"a": 10**400}}), ("request", {"nlu": {"tokens": {"start": 1}}}),
    ],
)  # fmt: skip
def test_wrong_types_are_left_out(field: str, value: object) -> None:
    made = turn(messages.alice() | {field: value})
    json.dumps([made.text, dict(made.state), dict(made.payload)], allow_nan=False, ensure_ascii=False).encode()


def test_an_endless_number_is_left_out() -> None:
    body = json.dumps(messages.alice()).replace('"delete"', "1e999").encode()
    made = parse_request(body, "", NAMER).turn
    assert made is not None
    assert made.state == {}


def test_the_same_message_has_the_same_key() -> None:
    once, again = heard(messages.alice(message=1)), heard(messages.alice(message=1))
    assert once.key == again.key
    others = [
        messages.alice("готово", message=1),
        messages.alice(message=1, type="Show.Pull"),
        messages.LINKED | {"session": messages.alice()["session"]},
        messages.alice(message=2),
        messages.alice(session="other"),
        messages.alice() | {"session": messages.alice()["session"] | {"application": {"application_id": "x"}}},
        messages.alice() | {"session": messages.alice()["session"] | {"skill_id": "x"}},
    ]
    assert len({once.key, *(heard(body).key for body in others)}) == 8


def test_without_a_number_the_bytes_tell_a_message() -> None:
    body = messages.alice()
    del body["session"]["message_id"]
    other = json.loads(json.dumps(body)) | {"request": {"command": "готово"}}
    assert heard(body).key == heard(body).key != heard(other).key
