"""The service rig: the real service, its clock, and its faults."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from pipeline.run import Wish
from skill.database.errors import DatabaseDownError
from skill.dialog.replay.device import build_device
from skill.dialog.replay.script import Mode
from skill.dialog.replay.service_rig import PARTS, Faults, FaultyAnimations, FaultyTickets, open_service_rig

pytestmark = pytest.mark.asyncio


async def test_it_is_the_whole_service() -> None:
    async with open_service_rig() as rig:
        for path in ("/healthz", "/readyz", "/metrics", "/"):
            async with rig.client.get(rig.address + path) as response:
                assert response.status in (200, 503)
        device = build_device("alice", Mode())
        message = device.utterance("помощь")
        status, body = await rig.post("alice", json.dumps(message).encode())
        assert (status, device.check(body, message)) == (200, "")
        assert rig.decided() == ("help", "help")
        assert rig.troubles() == ()


async def test_the_environment_is_for_another_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OZHIVI_SKILL_NAME", "Другой навык")
    monkeypatch.setenv("OZHIVI_ALICE_SKILL_ID", "another")
    async with open_service_rig() as rig:
        device = build_device("alice", Mode())
        status, body = await rig.post("alice", json.dumps(device.utterance("")).encode())
        assert status == 200
        assert "Другой" not in device.receive(body).text


async def test_time_passes_for_all_parts() -> None:
    async with open_service_rig() as rig:
        ticket = await rig.tickets.issue("anna")
        rig.clock.advance(3600)
        assert (await rig.tickets.issue("anna")).expires - ticket.expires >= 3600
        job = await rig.queue.put("anna", "source", Wish(), digest="photo")
        assert job.created >= rig.clock() - 60


async def test_parts_break_and_are_mended() -> None:
    async with open_service_rig() as rig:
        animations, tickets = FaultyAnimations(rig.animations, rig.faults), FaultyTickets(rig.tickets, rig.faults)
        rig.faults.broken.update(PARTS)
        rig.faults.busy_seconds = 100.0
        for work in (animations.of("anna"), animations.again("job", Wish()), animations.waiting()):
            with pytest.raises(DatabaseDownError):
                await work
        with pytest.raises(OSError, match="none"):
            await tickets.issue("anna")
        rig.faults.mend()
        assert await animations.of("anna") == []
        assert await animations.waiting() == (0, 0.0)
        assert (await tickets.get((await tickets.issue("anna")).token)).user == "anna"
    assert Faults().broken == set()


async def test_nothing_is_left(tmp_path: Path) -> None:
    async with open_service_rig(tmp_path / "recordings") as rig:
        folder = rig.folder
        assert folder.exists()
    assert not await asyncio.to_thread(folder.exists)
