"""Every refusal has words of its own, and a cause may bring others."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import FaceError, PipelineError, Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_and_advice_in_russian(reason: Reason) -> None:
    error = PipelineError(reason)
    for words in (error.sentence, error.advice):
        assert words.endswith(".")
        assert re.search("[а-я]", words)
        assert "_" not in words


def test_the_cause_narrows_the_reason_down() -> None:
    assert FaceError(Reason.NO_FACE).cause == ""
    error = FaceError(Reason.FACE_COVERED, cause="dark_glasses", words=("Очки.", "Снимите их."))
    assert (error.reason, error.cause) == (Reason.FACE_COVERED, "dark_glasses")
    assert (error.sentence, error.advice) == ("Очки.", "Снимите их.")


def test_the_detail_is_for_the_developer() -> None:
    error = PipelineError(Reason.TOO_LARGE, "9000×9000 pixels")
    assert str(error) == "too_large: 9000×9000 pixels"
    assert "9000" not in error.sentence + error.advice
