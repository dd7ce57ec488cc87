"""Replays every scene with the conversation's lines and branches counted. For a process of its own, so that what runs
at import is counted too. Writes JSON: what went otherwise, and what of each file was not covered.

Counting costs as much as playing, so of the modes in which a scene goes alike only the first is counted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import Coverage

if TYPE_CHECKING:
    from skill.dialog.replay.player import PlayResult
    from skill.dialog.replay.script import Mode, Script

DIALOG = Path(__file__).parents[4] / "skill" / "dialog"
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
    """Every scene in each of its modes."""
    from skill.dialog.replay.player import play  # noqa: PLC0415
    from skill.dialog.replay.script import find_scripts, read_script  # noqa: PLC0415
    from skill.dialog.replay.service_rig import open_service_rig  # noqa: PLC0415

    results = []
    async with open_service_rig() as rig:
        counting.stop()
        for path in find_scripts([scenes]):
            script = read_script(path)
            counted = _modes_that_differ(script)
            for mode in script.played_modes():
                if mode in counted:
                    counting.start()
                results.append(await play(path, script, mode, rig))
                counting.stop()
    return results


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
