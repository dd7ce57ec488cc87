"""Facts about a user's jobs, and what follows from them."""

from __future__ import annotations

import pytest

from skill.dialog.context import DialogContext, KnownJob, ServiceInfo
from skill.jobs.model import JobState, Refusal


@pytest.mark.parametrize(
    ("state", "reason", "refusal"),
    [
        (JobState.REFUSED, "child.appeal", Refusal("child", "appeal")),
        (JobState.REFUSED, "no_face", Refusal("no_face")),
        (JobState.REFUSED, "", None),
        (JobState.FAILED, "crashed", None),
        (JobState.DONE, "", None),
    ],
)
def test_a_refusal_has_a_reason(state: JobState, reason: str, refusal: Refusal | None) -> None:
    assert KnownJob("job", state, "job", reason=reason).refusal == refusal


def test_an_end_is_news_until_it_was_told() -> None:
    assert KnownJob("job", JobState.DONE, "job").unannounced
    assert not KnownJob("job", JobState.DONE, "job", announced=True).unannounced
    assert not KnownJob("job", JobState.RUNNING, "job").unannounced


def test_jobs_of_a_photo() -> None:
    first, again = KnownJob("1", JobState.DONE, "1"), KnownJob("2", JobState.DONE, "1", mine=False)
    context = DialogContext(jobs=(KnownJob("3", JobState.DONE, "3"), again, first))
    assert context.same_photo(first) == (again, first)
    assert [job.id for job in context.own] == ["3", "1"]
    assert context.job("2") is again
    assert context.job("4") is None


def test_the_page_of_a_ticket() -> None:
    assert ServiceInfo(url="https://ozhivi.ru").page("token") == "https://ozhivi.ru/u/token"
