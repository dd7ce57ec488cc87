"""What Prometheus is told, by the service and by a worker."""

from __future__ import annotations

import pytest

from skill.jobs.model import JobState
from skill.jobs.queue import QueueDownError
from skill.web.metrics import Metrics
from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_a_worker_does_not_pretend_to_know_the_queue() -> None:
    metrics = Metrics()
    metrics.step("animate", 0.5)
    metrics.ended(JobState.REFUSED, "no_face")
    text = (await metrics.answer()).body
    assert isinstance(text, bytes)
    assert b"ozhivi_queue" not in text
    assert b'ozhivi_step_seconds_sum{step="animate"} 0.5' in text
    assert b'ozhivi_jobs_total{state="refused"} 1.0' in text
    assert b'ozhivi_refusals_total{reason="no_face"} 1.0' in text


async def test_the_service_tells_of_its_queue_and_of_photos_turned_away(service: Open) -> None:
    async with service(limit=1) as s:
        tokens = [(await s.issue(user)).token for user in ("anna", "boris")]
        assert [(await s.send(token)).status for token in tokens] == [202, 503]
        text = await (await s.client.get("/metrics")).text()
        assert "ozhivi_queue_length 1.0" in text and "ozhivi_queue_oldest_seconds 0.0" in text
        assert 'ozhivi_refusals_total{reason="queue_full"} 1.0' in text


async def test_a_queue_that_is_down_does_not_silence_the_rest(service: Open) -> None:
    async with service() as s:

        async def down() -> tuple[int, float]:
            raise QueueDownError("no answer")

        s.queue.waiting = down  # type: ignore[method-assign]
        for _ in range(2):
            answer = await s.client.get("/metrics")
            assert answer.status == 200
        text = await answer.text()
        assert "ozhivi_queue_length NaN" in text
        assert 'ozhivi_requests_total{method="GET",route="/metrics",status="200"} 1.0' in text
