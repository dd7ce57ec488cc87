"""Calls of the kernel that Python has no function for: a failure is an OSError with its number."""

from __future__ import annotations

import errno
import os

import pytest

from skill.sandbox import kernel


def test_a_call_gives_its_result_or_an_error() -> None:
    number = {"x86_64": 39, "aarch64": 172}[os.uname().machine]
    assert kernel.system_call(number) == os.getpid()
    with pytest.raises(OSError, match="not implemented") as caught:
        kernel.system_call(100_000)
    assert caught.value.errno == errno.ENOSYS


def test_a_system_without_these_calls_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_library", object)
    with pytest.raises(OSError, match="here"):
        kernel.system_call(1)
    with pytest.raises(OSError, match="here"):
        kernel.set_no_new_privileges()
