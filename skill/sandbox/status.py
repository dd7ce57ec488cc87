"""State of the sandbox on this machine, found by starting a process in it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from skill.sandbox.messages import Answer, Entry, Report
from skill.sandbox.process import ProcessDiedError, SandboxedProcess
from skill.sandbox.protections import missing_protections

_SECONDS = 10.0


def describe_sandbox() -> str:
    """The protections of processes that touch strangers' photos, as one line for `ozhivi doctor`."""
    try:
        found = asyncio.run(_try())
    except (ProcessDiedError, TimeoutError, OSError) as error:
        return f"WARNING: no process can be started ({type(error).__name__}): no photo is rendered"
    missing = missing_protections(found)
    without = f"; WARNING, this system lacks: {', '.join(missing)} (docs/security.md)" if missing else ""
    return f"clean environment, {', '.join(found)}{without}"


async def _try() -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        process = SandboxedProcess(Entry(f"{__name__}:serve_nothing"), Path(folder), seconds=_SECONDS)
        try:
            await process.wait_ready()
            return process.protections
        finally:
            await process.kill()


def serve_nothing(options: None) -> Answer:
    """A function that answers nothing; see skill.sandbox.messages.OpenAnswer."""

    def answer(request: Any, report: Report) -> Any:
        return None

    return answer
