"""The rendering process: what it logs, how long a photo may take, and what it says that can't be."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from pipeline.run import Wish
from skill.jobs.model import Failed, Outcome, Refusal, Rendered
from skill.jobs.render_process import RenderProcess, _parse_outcome
from tests.skill.jobs.animations import render_entry

pytestmark = pytest.mark.asyncio

OpenRender = Callable[..., RenderProcess]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    (folder / "job").mkdir(parents=True)
    return folder


@pytest_asyncio.fixture
async def open_render(scratch: Path) -> AsyncIterator[OpenRender]:
    opened: list[RenderProcess] = []

    def open_one(animate: str, **options: Any) -> RenderProcess:
        opened.append(RenderProcess(render_entry(animate), scratch, **({"limit": 30.0} | options)))
        return opened[-1]

    yield open_one
    for process in opened:
        await process.kill()


async def render(process: RenderProcess, scratch: Path, photo: bytes = b"photo", **wish: Any) -> Outcome:
    path = scratch / "job" / "granny.jpg"
    path.write_bytes(photo)
    return await process.render("job-1", path, Wish(**wish), scratch / "job" / "clip", lambda step, share: None)


@pytest.mark.parametrize(("level", "events"), [("info", ["looked", "can't read %s"]), ("warning", ["can't read %s"])])
async def test_it_logs_json_lines_with_the_job_and_nothing_personal(
    capfd: pytest.CaptureFixture[str], open_render: OpenRender, scratch: Path, level: str, events: list[str]
) -> None:
    process = open_render("talking", log_level=level)
    made = await render(process, scratch)
    await process.kill()
    assert isinstance(made, Rendered)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == events
    assert {line["job"] for line in lines} == {"job-1"}
    assert "granny" not in str(lines)


async def test_decoding_has_a_time_of_its_own(open_render: OpenRender, scratch: Path) -> None:
    assert await render(open_render("hanging_in_decode", decode_limit=0.2), scratch) == Refusal("broken_file")
    slow = open_render("slow_after_decode", decode_limit=0.2)
    assert isinstance(await render(slow, scratch, seconds=0.5), Rendered)


async def test_a_render_that_takes_too_long_is_not_worth_another_attempt(
    open_render: OpenRender, scratch: Path
) -> None:
    assert await render(open_render("hanging", limit=0.2), scratch) == Failed("crashed", where="too long")
    assert await render(open_render("dying"), scratch) == Failed("crashed", again=True, where="died")


@pytest.mark.parametrize("kind", ["missing", "link", "folder", "twice", "format", "step", "reason"])
async def test_files_of_others_and_odd_words_are_no_result(open_render: OpenRender, scratch: Path, kind: str) -> None:
    """A link would send a file of the service to whoever took the process over."""
    outcome = await render(open_render("odd"), scratch, kind.encode())
    assert isinstance(outcome, Failed)
    assert outcome.reason in {"error", "crashed"}


ODD_FILES: tuple[Any, ...] = (
    1, [["mp4"]], [["mp4", "../clip.mp4"]], [["mp4", "/etc/passwd"]], [["mp4", "missing.mp4"]], [[1, 2]],
    [["mp4", "a\0b"]], [{"mp4": 1, "x": 2}],
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, 7, [], {}, *({"files": files, "remark": ""} for files in ODD_FILES), {"files": [], "remark": "<b>"},
    {"files": []}, *({"files": [], "remark": "", "restored": one} for one in ("tone", ["<b>"], ["tone", "tone"])),
    {"refused": "<b>", "cause": ""}, {"refused": "no_face", "cause": "<b>"}, {"refused": "no_face"},
    {"failed": "source_gone", "where": ""}, {"failed": "error", "where": "x" * 300},
    {"failed": "error", "where": "line\nline"}, {"deferred": 1},
)  # fmt: skip


@pytest.mark.parametrize("answer", ODD, ids=str)
async def test_an_odd_answer_is_an_error(tmp_path: Path, answer: Any) -> None:
    assert _parse_outcome(answer, tmp_path) == Failed("error", where="an odd answer")
