"""Refusals in the words of the command line: nothing is sent, said or tapped there."""

from __future__ import annotations

import re

import pytest

from filters.messages import find_message
from pipeline.errors import FaceError, PipelineError, Reason
from skill.cli.refusals import FaceChoiceError, refusal_words
from skill.web.schemas import FaceView

FACE = FaceView(number=1, left=0.1, top=0.1, width=0.2, height=0.2)
CAUSES = ("appeal", "archive", "blur", "profile", "tilt", "dark_glasses", "mask", "drawing", "")


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("reason", list(Reason))
def test_no_word_of_the_voice_or_the_page(reason: Reason, cause: str) -> None:
    sentence, advice = refusal_words(PipelineError(reason, cause=cause, words=find_message(cause)))
    assert sentence.endswith(".") and advice
    assert not re.search("Пришлите|Отправьте|Скажите|скажите|на странице", f"{sentence} {advice}")


@pytest.mark.parametrize(("wanted", "count"), [(None, 2), ("3", 2), ("all", 2), ("9", 1)])
def test_a_choice_of_faces_names_the_option(wanted: str | None, count: int) -> None:
    error = FaceChoiceError(FaceError(Reason.SEVERAL_FACES, "detail"), wanted, [FACE] * count)
    sentence, advice = refusal_words(error)
    assert "--face" in advice
    assert ("номера" in sentence.lower()) == (wanted in ("3", "9"))
    assert (error.reason, error.detail) == (Reason.SEVERAL_FACES, "detail")
