"""A sandboxed process from its parent's end: it answers, is replaced when it dies, and nothing that it says harms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from skill.sandbox.process import MAX_LINE, MAX_REPORTS, ProcessDiedError, SandboxedProcess, run_to_end
from tests.skill.sandbox.answers import answering, as_json
from tests.skill.sandbox.conftest import OpenProcess

pytestmark = pytest.mark.asyncio


def resident(process: SandboxedProcess) -> int:
    """Id of the operating system's process."""
    assert process._process is not None
    return process._process.pid


async def test_it_answers_and_stays(open_process: OpenProcess) -> None:
    process, reports = open_process(answering("echo")), list[Any]()
    assert await process.ask({"a": [1, "ю"]}, reports.append) == {"a": [1, "ю"]}
    first = resident(process)
    assert await process.ask(None, reports.append) is None
    assert (resident(process), reports) == (first, ["begun", "begun"])


async def test_a_long_answer_comes_whole(open_process: OpenProcess) -> None:
    text = "x" * 1_000_000
    assert await open_process(answering("echo")).ask(text) == text


async def test_it_is_replaced_when_it_dies(open_process: OpenProcess) -> None:
    process = open_process(answering("die"))
    for _ in range(2):
        with pytest.raises(ProcessDiedError):
            await process.ask(None)


async def test_a_process_that_died_while_nobody_asked_is_replaced(open_process: OpenProcess) -> None:
    process = open_process(answering("echo"))
    await process.ask(1)
    assert process._process is not None
    process._process.kill()
    await asyncio.to_thread(process._process.wait)
    assert await process.ask(2) == 2


async def test_a_timeout_ends_it_and_its_memory_is_given_back(open_process: OpenProcess) -> None:
    process = open_process(answering("sleep"))
    await process.wait_ready()
    number = resident(process)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await process.ask([("decode", 60)])
    assert not Path(f"/proc/{number}").exists()


async def test_killing_it_leaves_the_files_of_its_folder(open_process: OpenProcess, folder: Path) -> None:
    """Only the parent's death empties the folder: the next photo may be there already."""
    for _ in range(5):
        process = open_process(answering("echo"))
        await process.ask(1)
        (folder / "photo").write_bytes(b"photo")
        await process.kill()
        assert (folder / "photo").exists()


async def test_a_cancelled_request_ends_it(open_process: OpenProcess) -> None:
    process = open_process(answering("sleep"))
    await process.wait_ready()
    number, task = resident(process), asyncio.create_task(process.ask([("decode", 60)]))
    await asyncio.sleep(0.1)
    begun = monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert monotonic() - begun < 30
    assert not Path(f"/proc/{number}").exists()


@pytest.mark.parametrize(
    "said",
    [
        b"no JSON\n",
        b"\xff\xfe\n",
        b"[1]\n",
        b'"answer"\n',
        as_json({"answer": 1, "report": 2}),
        as_json({"command": "rm"}),
        b"[" * 100_000 + b"\n",
        b"x" * (MAX_LINE + 10),
        b"c__builtin__\neval\n(S'1'\ntR.\n",  # a pickle
    ],
    ids=lambda said: said[:12].decode("latin-1"),
)
async def test_whatever_it_says_in_place_of_an_answer_ends_it(open_process: OpenProcess, said: bytes) -> None:
    process = open_process(answering("say"))
    with pytest.raises(ProcessDiedError):
        await process.ask(said)
    assert process._process is None


async def test_half_a_line_does_not_hold_the_parent(open_process: OpenProcess) -> None:
    process, beats = open_process(answering("say")), 0
    await process.wait_ready()
    task = asyncio.create_task(process.ask(b'{"answer": '))
    for _ in range(10):
        await asyncio.sleep(0.02)
        beats += 1
    assert not task.done() and beats == 10
    task.cancel()
    await asyncio.wait({task})


async def test_a_flood_of_reports_leaves_the_loop_to_others_and_ends_it(open_process: OpenProcess) -> None:
    process, reports, longest = open_process(answering("flood")), list[Any](), 0.0
    assert await process.ask(100, reports.append) == "flooded"
    assert reports == list(range(100))
    task = asyncio.create_task(process.ask(MAX_REPORTS, reports.append))
    while not task.done():
        before = len(reports)
        await asyncio.sleep(0)
        longest = max(longest, len(reports) - before)
    with pytest.raises(ProcessDiedError):
        await task
    assert longest <= 2
    assert process._process is None


async def test_an_entry_that_fails_is_a_process_that_died(
    open_process: OpenProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ProcessDiedError):
        await open_process(answering("no such function")).ask(1)
    assert "KeyError" in capfd.readouterr().err


async def test_a_killed_process_may_be_killed_again(open_process: OpenProcess) -> None:
    process = open_process(answering("echo"))
    await process.kill()
    await process.start()
    await process.kill()
    await process.kill()
    assert await process.ask(1) == 1


async def test_work_that_must_not_be_cut_is_done_before_a_cancellation() -> None:
    done = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.append(1)

    task = asyncio.create_task(run_to_end(work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [1]
