"""The filter of system calls, run by an interpreter of a few lines, for both architectures."""

from __future__ import annotations

import errno
import socket
import struct
from typing import Final

import pytest

from skill.sandbox import seccomp

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
PROCESS: Final = 4711
SHARE: Final = 0x00010F00  # CLONE_THREAD and what goes with it


def judge(machine: str, number: int, first: int = 0, *, audit: int | None = None, local: bool = False) -> int:
    """The filter's answer to a call."""
    architecture = seccomp._ARCHITECTURES[machine]
    code = seccomp._instructions(architecture, PROCESS, local_sockets=local)
    seen = struct.pack("=IIQ6Q", number, audit or architecture.audit, 0, first, 0, 0, 0, 0, 0)
    value = at = 0
    while True:
        kind, then, otherwise, operand = struct.unpack("=HBBI", code[at])
        at += 1
        match kind:
            case 0x20:
                (value,) = struct.unpack_from("=I", seen, operand)
            case 0x06:
                return int(operand)
            case _:
                holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[kind]
                at += then if holds else otherwise


def refused(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_call_has_its_answer(machine: str) -> None:
    calls = seccomp._ARCHITECTURES[machine].calls
    read, futex = {"x86_64": (0, 202), "aarch64": (63, 98)}[machine]
    assert judge(machine, read) == judge(machine, futex) == ALLOWED
    for name in ("execve", "ptrace", "unshare", "bpf", "mount", "io_uring_setup", "process_vm_writev", "tkill"):
        assert judge(machine, calls[name]) == refused(errno.EPERM), name
    assert judge(machine, calls["clone3"]) == refused(errno.ENOSYS)
    assert judge(machine, calls["clone"], SHARE) == ALLOWED
    assert judge(machine, calls["clone"], 17) == refused(errno.EPERM)
    for name in ("kill", "tgkill", "rt_sigqueueinfo"):
        assert judge(machine, calls[name], PROCESS) == ALLOWED
        assert judge(machine, calls[name], 1) == judge(machine, calls[name], 2**32 - 1) == refused(errno.EPERM)
    for family in (socket.AF_INET, socket.AF_INET6, 16, 17):
        assert judge(machine, calls["socket"], family, local=True) == refused(errno.EACCES)
    assert judge(machine, calls["socket"], socket.AF_UNIX) == refused(errno.EACCES)
    assert judge(machine, calls["socket"], socket.AF_UNIX, local=True) == ALLOWED


def test_other_ways_into_the_kernel_are_shut() -> None:
    """Calls of 32 bits, and those of the x32 ABI, have other numbers."""
    assert judge("x86_64", 0, audit=0x40000003) == KILLED
    assert judge("x86_64", 0x40000000 | 59) == refused(errno.ENOSYS)


def test_no_jump_is_too_long() -> None:
    for architecture in seccomp._ARCHITECTURES.values():
        assert len(seccomp._instructions(architecture, PROCESS, local_sockets=True)) < 256


def test_an_architecture_without_a_list_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        seccomp.forbid_system_calls(local_sockets=False)
