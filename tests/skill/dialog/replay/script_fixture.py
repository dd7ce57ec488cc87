"""Short scripts for tests, and their results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skill.dialog.replay.player import PlayResult, replay
from skill.dialog.replay.remote import Server
from skill.dialog.replay.script import Script
from skill.dialog.replay.service_rig import ServiceRig

SCENES = Path(__file__).parents[4] / "tests" / "fixtures" / "dialogs"
HERE = Path("scene.json")
HELLO: dict[str, Any] = {"say": "", "expect": {"scene": "welcome", "says": ["welcome"]}}


def build_script(*steps: dict[str, Any], **fields: Any) -> Script:
    """A script for a speaker with nobody signed in, unless `fields` say otherwise."""
    return Script.model_validate({"name": "Проба", "modes": ["speaker", "anonymous"], "steps": steps, **fields})


async def play_script(script: Script) -> list[PlayResult]:
    """The results over a rig of its own, one for each mode."""
    return await replay([(HERE, script)])


def server_of(rig: ServiceRig, photo: bytes | None = None) -> Server:
    """The rig as a running server, over its address alone."""
    return Server(rig.address, dict.fromkeys(("alice", "salute"), "s" * 32), photo)
