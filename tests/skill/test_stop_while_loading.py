"""A service that is told to stop while it still loads what the first turns need."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

import skill.app
from skill.app import serve
from skill.settings import load


@pytest.mark.asyncio
async def test_a_stop_is_obeyed_before_the_loading_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Event()
    loading = Thread(target=loaded.wait, daemon=True)
    loading.start()
    monkeypatch.setattr(skill.app, "load_ahead", lambda: loading)
    addresses = asyncio.Queue[str]()
    settings = load({"data_dir": tmp_path / "data", "port": 0, "workers": True, "previews": False})
    try:
        with capture_logs() as lines:
            service = asyncio.create_task(serve(settings, addresses.put_nowait))
            async with asyncio.timeout(120):
                await addresses.get()
                signal.raise_signal(signal.SIGTERM)
                await service
    finally:
        loaded.set()
    events = [line["event"] for line in lines]
    assert "stopping" in events and "serving" not in events
