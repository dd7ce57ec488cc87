from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.run import Wish
from skill.jobs.model import ANSWER_SECONDS, Done, Failed, Job, JobState, Refusal

NOW = 1_800_000_000.0
JOB = Job("job", "anna", "photo", Wish(), JobState.REFUSED, updated=NOW)


@pytest.mark.parametrize("text", ["no_face", "child.appeal", "face_covered.dark_glasses", "reason.of.tomorrow"])
def test_a_refusal_is_read_as_it_was_written(text: str) -> None:
    assert str(Refusal.parse(text)) == text


def test_a_refusal_is_a_reason_and_perhaps_a_cause() -> None:
    assert Refusal.parse("child.appeal") == Refusal("child", "appeal")
    assert Refusal.parse("child") == Refusal("child")


def test_an_end_that_says_nothing_is_none() -> None:
    for empty in (lambda: Done(()), lambda: Refusal(""), lambda: Failed("")):
        with pytest.raises(ValueError, match=r"results|reason"):
            empty()


def test_only_a_refused_job_has_a_refusal() -> None:
    assert replace(JOB, reason="child.appeal").refusal == Refusal("child", "appeal")
    assert replace(JOB, state=JobState.FAILED, reason="crashed").refusal is None


def test_a_question_can_be_answered_for_a_quarter_of_an_hour() -> None:
    for question in ("several_faces", "several_faces.of_3", "several_faces.even_4", "child.appeal", "child.archive"):
        asked = replace(JOB, reason=question)
        assert asked.asks(NOW) and not asked.asks(NOW + ANSWER_SECONDS)
    assert not replace(JOB, reason="child").asks(NOW)
    assert not replace(JOB, reason="no_face").asks(NOW)
    assert not replace(JOB, reason="of_3").asks(NOW)
