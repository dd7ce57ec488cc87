"""The schema of an answer to Alice is strict."""

from __future__ import annotations

from typing import Any

import pytest

from skill.dialog.alice.response import build_answer
from skill.dialog.alice.schema import check_answer, check_words
from skill.dialog.codec import AnswerError
from skill.dialog.types import Reply
from tests.skill.dialog.alice.test_response import CARD, LINK, PHONE, STATION


def wrong(**changes: Any) -> dict[str, Any]:
    made = build_answer(Reply("Да.", buttons=(LINK,), card=CARD), PHONE)
    return {**made, "response": {**made["response"], **changes}}


@pytest.mark.parametrize(
    "made",
    [
        [], {}, {"response": {"text": "a", "end_session": False}}, wrong(text="a" * 1025), wrong(tts="a" * 1025),
        wrong(text=""), wrong(text=None), wrong(end_session="no"), wrong(buttons=[{"title": "a" * 65}]), wrong(new=1),
        wrong(buttons=[{"title": ""}]), wrong(buttons=[{"title": "a", "url": "https://фото.рф/"}]),
        wrong(buttons=[{"title": "a", "payload": {"a": "я" * 2045}}]), wrong(buttons=[{"title": "a"}] * 7),
        wrong(card={"type": "BigImage"}), wrong(card={"type": "ImageGallery", "items": []}), wrong(tts="sil <[5"),
        wrong(card={"type": "ItemsList", "items": [{}] * 6}), wrong() | {"version": "2.0"},
        wrong() | {"session_state": {"a": "я" * 509}}, wrong() | {"start_account_linking": {}}, wrong(tts=""),
        wrong(directives={}), wrong() | {"session_state": {"a": None}},
    ],
)  # fmt: skip
def test_the_model_of_an_answer_is_strict(made: object) -> None:
    with pytest.raises(AnswerError):
        check_answer(made)


def test_mistakes_of_templates() -> None:
    check_words(build_answer(Reply("Готово.", "sil <[300]> Гот+ово."), PHONE))
    for text in ("Осталось undefined секунд", "Осталось {seconds}", "Осталось None"):
        with pytest.raises(AnswerError):
            check_words(build_answer(Reply(text), PHONE))


def test_the_model_knows_the_device() -> None:
    with pytest.raises(AnswerError, match="screen"):
        check_answer(wrong(), STATION)
    with pytest.raises(AnswerError, match="linking"):
        check_answer({"start_account_linking": {}, "version": "1.0"}, STATION)
    check_answer(wrong() | {"user_state_update": {"gone": None}, "session_state": {"a": "я" * 508}}, PHONE)
