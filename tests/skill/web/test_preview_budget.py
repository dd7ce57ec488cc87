"""Budget of previews: so many an hour of one ticket."""

from __future__ import annotations

import pytest

from skill.web.errors import ApiError
from skill.web.preview_budget import PHOTOS, PreviewBudget


def test_an_hour_later_there_are_more() -> None:
    now = 100.0
    budget = PreviewBudget(lambda: now)
    for _ in range(PHOTOS):
        budget.take("one")
    budget.take("other")
    now += 3000.0
    with pytest.raises(ApiError) as caught:
        budget.take("one")
    assert (caught.value.status, caught.value.retry) == (429, 600.0)
    now += 600.0
    budget.take("one")
