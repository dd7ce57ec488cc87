"""The rendering process itself: what it says and in which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.run import Wish
from skill.jobs.model import Rendered
from skill.jobs.render_process import RenderProcess
from tests.skill.jobs.animations import render_entry

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(("level", "events"), [("info", ["looked", "can't read %s"]), ("warning", ["can't read %s"])])
async def test_it_logs_json_lines_with_the_job_and_nothing_personal(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, level: str, events: list[str]
) -> None:
    photo = tmp_path / "granny.jpg"
    photo.write_bytes(b"photo")
    process = RenderProcess(render_entry("talking"), tmp_path / "scratch", limit=30.0, log_level=level)
    made = await process.render("job-1", photo, Wish(), tmp_path / "clip", lambda step, share: None)
    await process.kill()
    assert isinstance(made, Rendered)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == events
    assert {line["job"] for line in lines} == {"job-1"}
    assert "granny" not in str(lines)
