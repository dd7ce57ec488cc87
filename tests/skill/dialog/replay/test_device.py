"""Devices: their messages are what the codecs take, and their ids are their own."""

from __future__ import annotations

import json

import pytest

from skill.dialog.alice.response import AliceCodec
from skill.dialog.codec import Assistant, Pseudonymizer
from skill.dialog.replay.answer import AnswerButton
from skill.dialog.replay.device import Device, build_device
from skill.dialog.replay.script import MODES, Mode
from skill.dialog.salute.response import SaluteCodec
from skill.dialog.types import Kind, Reply, Turn

PSEUDONYMIZER = Pseudonymizer("secret")
CODECS: dict[str, Assistant] = {"alice": AliceCodec(PSEUDONYMIZER), "salute": SaluteCodec(PSEUDONYMIZER)}
EACH = pytest.mark.parametrize("assistant", CODECS)


def decoded(device: Device, message: dict[str, object]) -> Turn:
    turn = CODECS[device.assistant].decode(json.dumps(message).encode()).turn
    assert turn is not None
    return turn


@EACH
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_what_is_said_arrives(assistant: str, mode: Mode) -> None:
    device = build_device(assistant, mode)
    start, turn = decoded(device, device.utterance("")), decoded(device, device.utterance("Оживи фото!"))
    assert (start.new, start.text) == (True, "")
    assert (turn.text, turn.signed_in, turn.surface.screen) == ("оживи фото", mode.signed_in, mode.screen)
    assert turn.surface == device.surface


@EACH
def test_buttons_are_pressed_or_said(assistant: str) -> None:
    device = build_device(assistant, Mode(screen=True))
    pressed = decoded(device, device.press(AnswerButton("Ещё", payload={"wish": "again"})))
    assert (pressed.kind, pressed.payload) == (Kind.PRESSED, {"wish": "again"})
    assert decoded(device, device.press(AnswerButton("Помощь"))).text == "помощь"


@EACH
def test_a_session_goes_on_until_a_new_one(assistant: str) -> None:
    device = build_device(assistant, Mode(screen=True))
    message = device.utterance("удали фото")
    body = CODECS[assistant].encode(
        CODECS[assistant].decode(json.dumps(message).encode()), Reply("Удалить?", state={"question": "delete"})
    )
    assert device.check(body, message) == ""
    assert device.receive(body).text == "Удалить?"
    second = decoded(device, device.utterance("да"))
    assert (second.number, second.state) == (1, {"question": "delete"})
    device.new_session()
    third = decoded(device, device.utterance(""))
    assert (third.number, third.session != second.session, third.user) == (0, True, second.user)


@EACH
def test_an_answer_that_the_assistant_would_not_take(assistant: str) -> None:
    device = build_device(assistant, Mode())
    assert device.check(b"{", device.utterance(""))
    assert device.check(b"{}", device.utterance(""))


def test_a_linked_account() -> None:
    device = build_device("alice", Mode(), linking=True, linked=True)
    incoming = CODECS["alice"].decode(json.dumps(device.linking_event()).encode())
    assert incoming.turn is not None
    assert (incoming.turn.kind, incoming.token) == (Kind.LINKED, device.token)
    assert device.surface.linking
    assert build_device("alice", Mode()).token == ""


def test_two_devices_never_meet() -> None:
    one, other = build_device("alice", Mode(signed_in=True)), build_device("alice", Mode(signed_in=True))
    first, second = decoded(one, one.utterance("")), decoded(other, other.utterance(""))
    assert len({first.user, first.device, first.session, second.user, second.device, second.session}) == 6
