"""Readiness: each part that does not work is named."""

from __future__ import annotations

import pytest

from tests.skill.web.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_not_ready_without_models(service: Open) -> None:
    async with service(weights=False) as s:
        answer = await s.client.get("/readyz")
        assert (answer.status, (await answer.json())["weights"]) == (503, False)
