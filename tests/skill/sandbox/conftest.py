"""A sandboxed process, ended after the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from skill.sandbox.messages import Entry
from skill.sandbox.process import SandboxedProcess

OpenProcess = Callable[..., SandboxedProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The process's own folder; beside it lies what is none of its business."""
    own = tmp_path / "work"
    own.mkdir()
    return own


@pytest_asyncio.fixture
async def open_process(folder: Path) -> AsyncIterator[OpenProcess]:
    opened: list[SandboxedProcess] = []

    def open_one(entry: Entry, **options: float) -> SandboxedProcess:
        opened.append(SandboxedProcess(entry, folder, seconds=options.get("seconds", 30.0)))
        return opened[-1]

    yield open_one
    for process in opened:
        await process.kill()
