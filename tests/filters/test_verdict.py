"""A verdict has a reason exactly where it does not animate."""

from __future__ import annotations

import pytest

from filters.verdict import Answer, Verdict
from pipeline.errors import Reason


@pytest.mark.parametrize(
    ("answer", "reason"), [(Answer.ANIMATE, Reason.CHILD), (Answer.REFUSE, None), (Answer.ASK, None)]
)
def test_a_verdict_that_contradicts_itself_can_not_be_made(answer: Answer, reason: Reason | None) -> None:
    with pytest.raises(ValueError, match=str(answer)):
        Verdict(answer, reason)


def test_a_verdict_with_its_reason() -> None:
    assert Verdict(Answer.ANIMATE).reason is None
    assert Verdict(Answer.REFUSE, Reason.CHILD).reason is Reason.CHILD
