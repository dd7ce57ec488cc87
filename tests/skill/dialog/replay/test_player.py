"""Playing scripts, over a rig and at a server."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from skill.dialog.replay.player import RemoteService, merge_patch, play, play_all
from skill.dialog.replay.report import failures, format_report
from skill.dialog.replay.script import Mode, ScriptError, read_script
from skill.dialog.replay.service_rig import ServiceRig, open_service_rig
from tests.skill.dialog.replay.script_fixture import HELLO, HERE, SCENES, build_script, play_script

pytestmark = pytest.mark.asyncio


async def test_each_script_begins_with_nobody_known() -> None:
    script = build_script({"do": "agreed"}, {"do": "full"}, {"do": "breaks", "what": "tickets"}, {"say": "оживи фото"})
    async with open_service_rig() as rig:
        await play(HERE, script, Mode(), rig)
        assert await rig.queue.waiting() == (0, 0.0)
        assert not rig.faults.broken
        assert not (await play(HERE, build_script(HELLO), Mode(), rig)).mismatches


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"do": "flood"}], "nothing is called 'flood'"),
        ([{"do": "photo"}], "no link or code"),
        ([{"do": "done"}], "no job of this person's"),
        ([{"do": "breaks", "what": "door"}], "'door' can't break"),
        ([HELLO, {"press": "yes"}], "no button 'yes'"),
    ],
)
async def test_a_script_that_can_not_be_played_says_why(steps: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        await play_script(build_script(*steps))


async def test_merge_patch() -> None:
    assert merge_patch({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": {"f": 1}}, "d": [1]}) == {
        "a": {"c": 2, "e": {"f": 1}}, "d": [1],
    }  # fmt: skip


async def test_at_a_server_what_can_not_be_done_from_afar_ends_the_script() -> None:
    """A server like any other: the rig's, over its address alone."""
    names = ("greeting-first-time", "greeting-ways-to-leave", "salute-first-time", "protocol-too-large")
    scripts = [(SCENES / f"{name}.json", read_script(SCENES / f"{name}.json")) for name in names]
    async with open_service_rig() as rig, aiohttp.ClientSession() as client:
        results = await play_all(scripts, RemoteService(client, hooks_of(rig)))
    assert not failures(results), format_report(results)
    notes = {one.path.stem: one.note for one in results}
    assert notes["greeting-first-time"] == notes["protocol-too-large"] == ""
    assert "«agreed», which can't be done from afar" in notes["greeting-ways-to-leave"]
    assert "«photo»" in notes["salute-first-time"]
    assert "greeting-ways" not in format_report(results)
    assert "Все способы уйти: up to «agreed»" in format_report(results)


def hooks_of(rig: ServiceRig) -> dict[str, str]:
    """Whole addresses of the rig's webhooks."""
    return {kind: f"{rig.address}/{kind}/{'s' * 32}" for kind in ("alice", "salute")}
