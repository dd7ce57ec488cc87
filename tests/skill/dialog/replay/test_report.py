"""The report of a replay."""

from __future__ import annotations

import pytest

from skill.dialog.replay.report import format_report
from tests.skill.dialog.replay.script_fixture import HELLO, build_script, play_script


@pytest.mark.asyncio
async def test_a_difference_is_reported_with_its_turn() -> None:
    text = format_report(await play_script(build_script(HELLO, {"say": "помощь", "expect": {"scene": "bye"}})))
    for piece in ("✗ Проба", "(scene.json, speaker+anonymous)", "  2. помощь", "     ←", "- bye", "+ help"):
        assert piece in text
    assert "1 scenes, 1 times, 2 turns: 1 went otherwise" in text
