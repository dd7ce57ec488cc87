"""The schema of an answer to Sber's assistants is strict."""

from __future__ import annotations

from typing import Any

import pytest

from skill.dialog.codec import AnswerError
from skill.dialog.salute.schema import check_salute
from skill.dialog.types import Reply
from tests.skill.dialog import messages
from tests.skill.dialog.salute.test_response import written


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
