"""Replays every scene with the conversation's lines and branches counted. For a process of its own, so that what runs
at import is counted too. Writes JSON: what went otherwise, and what of each file was not covered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coverage import Coverage

DIALOG = Path(__file__).parents[4] / "skill" / "dialog"
COVERED = [str(DIALOG / "policy" / "*"), str(DIALOG / "nlg" / "*")]


def main(scenes: str, out: str) -> None:
    counting = Coverage(data_file=None, branch=True, include=COVERED, config_file=False)
    counting.start()
    from skill.dialog.replay.player import replay_files  # noqa: PLC0415  (after counting began)
    from skill.dialog.replay.report import failures, format_report  # noqa: PLC0415
    from skill.dialog.replay.script import find_scripts  # noqa: PLC0415

    results = replay_files(find_scripts([Path(scenes)]))
    counting.stop()
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


def _summary(file: dict[str, Any]) -> dict[str, Any]:
    summary = file["summary"]
    return {
        "there": summary["num_statements"] + summary["num_branches"],
        "covered": summary["covered_lines"] + summary["covered_branches"],
        "lines": file["missing_lines"],
        "branches": [f"{start}→{end}" for start, end in file["missing_branches"]],
    }
