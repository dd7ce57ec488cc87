"""Replies that need no conversation."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skill.dialog import fallback
from skill.dialog.nlg.stress import stressed
from skill.dialog.types import Kind, Reply, Turn

TURN = Turn("alice", "user", "device", "session", 3, new=False, text="готово", state={"question": "delete"})
LATE = {
    "later": TURN,
    "start": replace(TURN, new=True, text=""),
    "start with a command": replace(TURN, new=True),
    "linked": replace(TURN, kind=Kind.LINKED),
}


@pytest.mark.parametrize("turn", LATE.values(), ids=LATE)
def test_a_late_reply_gives_the_state_back_and_can_be_recognised(turn: Turn) -> None:
    reply = fallback.late(turn)
    assert reply.state == turn.state
    assert reply.text in fallback.late_texts()
    assert "«Готово?»" in reply.text
    assert [button.title for button in reply.buttons] == ["Готово?", "Помощь"]


def test_a_late_reply_knows_what_it_is_late_with() -> None:
    texts = [fallback.late(turn).text for turn in LATE.values()]
    assert [text.split()[0] for text in texts] == ["Секунду,", "Здравствуйте!", "Секунду,", "Спасибо,"]


def test_a_broken_turn_promises_nothing() -> None:
    reply = fallback.broken(TURN)
    assert reply.state == TURN.state
    assert "не получилось" in reply.text


@pytest.mark.parametrize(
    "reply", [fallback.PONG, fallback.UNCLEAR, fallback.broken(TURN), *map(fallback.late, LATE.values())], ids=str
)
def test_what_is_spoken_is_what_is_written(reply: Reply) -> None:
    spoken = re.sub(r"sil <\[\d+\]>|\+", "", reply.tts or reply.text)
    assert re.findall(r"[а-яё]+", spoken.lower()) == re.findall(r"[а-яё]+", reply.text.lower())
    assert stressed(reply.text) == (reply.tts or reply.text)
