"""The sandbox's state in a line: what is on, and honestly what is not."""

from __future__ import annotations

import pytest

from skill.sandbox import status
from skill.sandbox.process import ProcessDiedError
from skill.sandbox.protections import Protection


def test_a_real_process_tells_what_is_on() -> None:
    line = status.describe_sandbox()
    assert line.startswith("clean environment, limits")
    assert Protection.SYSTEM_CALLS in line


def test_what_the_system_lacks_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def some() -> tuple[str, ...]:
        return ("limits", "seccomp")

    monkeypatch.setattr(status, "_try", some)
    line = status.describe_sandbox()
    assert "WARNING, this system lacks: no new privileges, network namespace, capabilities, landlock" in line


def test_a_process_that_can_not_be_started_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> tuple[str, ...]:
        raise ProcessDiedError("not ready")

    monkeypatch.setattr(status, "_try", fail)
    assert status.describe_sandbox().startswith("WARNING: no process can be started (ProcessDiedError)")
