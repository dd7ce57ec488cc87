"""Replays the scenes with the conversation's lines and branches counted. For a process of its own, so that what runs
at import is counted too. Writes JSON: what went otherwise, and what of each file was not covered.

Of the modes in which a scene goes alike the first is played and counted, and one of six of the others is played;
with OZHIVI_TEST_FUZZ=whole all are, and `ozhivi replay` plays all in any case."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import Coverage

if TYPE_CHECKING:
    from skill.dialog.replay.player import PlayResult
    from skill.dialog.replay.script import Mode, Script

DIALOG = Path(__file__).parents[4] / "skill" / "dialog"
SHARE = 1 if os.environ.get("OZHIVI_TEST_FUZZ") == "whole" else 6
AHEAD = 40
"""Scenes whose phrases are encoded in one go, which costs less than each by itself."""
COVERED = [str(DIALOG / "policy" / "*"), str(DIALOG / "nlg" / "*")]


def main(scenes: str, out: str) -> None:
    counting = Coverage(data_file=None, branch=True, include=COVERED, config_file=False)
    counting.start()
    from skill.dialog.replay.report import failures, format_report  # noqa: PLC0415  (after counting began)

    results = asyncio.run(_play(Path(scenes), counting))
    report = Path(out).with_suffix(".coverage")
    counting.json_report(outfile=str(report))
    files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    found = {
        "otherwise": format_report(results) if failures(results) else "",
        "played": len(results),
        "turns": sum(one.turns for one in results),
        "files": {Path(name).resolve().relative_to(DIALOG).as_posix(): _summary(one) for name, one in files.items()},
    }
    Path(out).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


async def _play(scenes: Path, counting: Coverage) -> list[PlayResult]:
    """Every scene in each mode of `modes_to_play`."""
    from skill.dialog.replay.player import play  # noqa: PLC0415
    from skill.dialog.replay.script import TurnStep, find_scripts, read_script  # noqa: PLC0415
    from skill.dialog.replay.service_rig import open_service_rig  # noqa: PLC0415
    from tests.skill.dialog.nlu.phrase_tables import encode_ahead  # noqa: PLC0415

    results = []
    async with open_service_rig() as rig:
        counting.stop()
        scripts = [(path, read_script(path)) for path in find_scripts([scenes])]
        for at, (path, script) in enumerate(scripts):
            if at % AHEAD == 0:
                steps = [step for _, one in scripts[at : at + AHEAD] for step in one.steps]
                encode_ahead(sorted({step.say for step in steps if isinstance(step, TurnStep) and step.say}))
            counted = _modes_that_differ(script)
            for mode in modes_to_play(script, at):
                if mode in counted:
                    counting.start()
                results.append(await play(path, script, mode, rig))
                counting.stop()
    return results


def modes_to_play(script: Script, number: int) -> Sequence[Mode]:
    """The modes in which a scene goes otherwise than in those before, and one of SHARE of the others.

    Args:
        script: the scene.
        number: its place among all, by which another one is chosen for each.
    """
    differing = _modes_that_differ(script)
    return [mode for at, mode in enumerate(script.played_modes(), number) if mode in differing or at % SHARE == 0]


def _modes_that_differ(script: Script) -> list[Mode]:
    """The modes in which other answers are expected than in those before; the first one is among them."""
    from skill.dialog.replay.script import TurnStep, matches_mode  # noqa: PLC0415

    found: list[Mode] = []
    known = []
    for mode in script.played_modes():
        turns = [step for step in script.steps if isinstance(step, TurnStep) and matches_mode(mode, step.only)]
        expected = [(step.say, step.press, step.link, step.expected(mode)) for step in turns]
        if expected not in known:
            known.append(expected)
            found.append(mode)
    return found


def _summary(file: dict[str, Any]) -> dict[str, Any]:
    summary = file["summary"]
    return {
        "there": summary["num_statements"] + summary["num_branches"],
        "covered": summary["covered_lines"] + summary["covered_branches"],
        "lines": file["missing_lines"],
        "branches": [f"{start}→{end}" for start, end in file["missing_branches"]],
    }
