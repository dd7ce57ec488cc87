"""What a service loads once is not looked through by Python's collector while it answers."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from skill.app import serve
from skill.settings import load


@pytest.mark.asyncio
async def test_the_collector_looks_through_little_of_a_service_that_has_begun(tmp_path: Path) -> None:
    settings = load({"data_dir": tmp_path / "data", "port": 0, "workers": False})
    try:
        with capture_logs() as lines:
            service = asyncio.create_task(serve(settings, lambda _: None))
            async with asyncio.timeout(120):
                while not any(line["event"] == "serving" for line in lines):
                    assert not service.done()
                    await asyncio.sleep(0.01)
            seen, frozen = len(gc.get_objects()), gc.get_freeze_count()
            service.cancel()
            await asyncio.wait({service})
        assert frozen > 50_000 and seen < frozen / 10
    finally:
        gc.unfreeze()
