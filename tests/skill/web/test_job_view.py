"""Jobs as clients see them."""

from __future__ import annotations

import pytest

from skill.jobs.model import JobState
from tests.skill.web.conftest import Open, begin_job

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (JobState.REFUSED, "no_face", "не вижу"),
        (JobState.REFUSED, "a_new_one", "нельзя"),
        (JobState.FAILED, "crashed", "у нас"),
    ],
)
async def test_a_refusal_says_why_and_what_helps(service: Open, state: JobState, reason: str, words: str) -> None:
    async with service() as s:
        job = await begin_job(s)
        s.queue.becomes(s.queue.only.id, state, reason=reason)
        shown = await (await s.client.get(f"/api/v1/animations/{job['id']}")).json()
        assert (shown["state"], shown["reason"]) == (state, reason)
        assert words in shown["sentence"]
        assert shown["advice"]
