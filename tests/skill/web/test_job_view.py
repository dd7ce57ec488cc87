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


async def test_a_remark_is_told_with_its_sentence(service: Open) -> None:
    async with service() as s:
        job = await begin_job(s)
        s.store.objects["clip"] = b"mp4"
        for reason, code, words in (
            ("largest_faces", "largest_faces", "самые крупные лица, 16"),
            ("stern", "stern", "Взгляд строгий"),
            ("", "", ""),
        ):
            s.queue.becomes(s.queue.only.id, JobState.DONE, reason=reason, results=(("mp4", "clip"),))
            shown = await (await s.client.get(f"/api/v1/animations/{job['id']}")).json()
            assert (shown["state"], shown["remark"], shown["reason"]) == ("done", code, "")
            assert words in shown["sentence"] and bool(shown["sentence"]) is bool(code)
