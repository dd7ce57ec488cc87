"""Filter of system calls: a process that decodes and renders starts nothing, connects to nothing, signals nobody.

The list forbids what no renderer needs, and lets the rest pass: libraries and drivers of GPUs change what they call.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from skill.sandbox.kernel import set_seccomp

_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # places in what the filter sees of a call
_OF_ANOTHER_ABI: Final = 0x40000000  # x32 calls on x86-64
_CLONE_THREAD: Final = 0x00010000

# the same numbers on every architecture
_COMMON: Final = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
}  # fmt: skip
_X86_64: Final = _COMMON | {
    "socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101, "syslog": 103,
    "rt_sigqueueinfo": 129, "personality": 135, "modify_ldt": 154, "pivot_root": 155, "chroot": 161, "acct": 163,
    "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
    "sethostname": 170, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
    "tkill": 200, "clock_settime": 227, "tgkill": 234, "kexec_load": 246, "add_key": 248, "request_key": 249,
    "keyctl": 250, "unshare": 272, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "fanotify_init": 300,
    "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
    "finit_module": 313, "kexec_file_load": 320, "bpf": 321, "execveat": 322, "userfaultfd": 323,
}  # fmt: skip
_AARCH64: Final = _COMMON | {
    "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "quotactl": 60, "acct": 89, "personality": 92,
    "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "clock_settime": 112, "syslog": 116,
    "ptrace": 117, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "reboot": 142, "sethostname": 161,
    "settimeofday": 170, "socket": 198, "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220, "execve": 221,
    "swapon": 224, "swapoff": 225, "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "fanotify_init": 262,
    "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
    "finit_module": 273, "bpf": 280, "execveat": 281, "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip


class _Architecture(NamedTuple):
    """The system calls of a kind of processor."""

    audit: int
    """The number by which the kernel names it to a filter."""
    calls: Mapping[str, int]
    """Numbers of the calls."""


_ARCHITECTURES: Final[Mapping[str, _Architecture]] = {
    "x86_64": _Architecture(0xC000003E, _X86_64),
    "aarch64": _Architecture(0xC00000B7, _AARCH64),
}
# these depend on their first argument, or have an answer of their own
_TO_ITSELF: Final = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
_JUDGED: Final = (*_TO_ITSELF, "clone", "clone3", "socket")


class _Program(ctypes.Structure):
    """A filter as the kernel takes it."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_system_calls(*, local_sockets: bool) -> None:
    """Let this thread, and those that it starts, neither start programs nor open sockets nor signal others.

    A forbidden call fails with EPERM, a socket with EACCES, so that libraries go on without.

    Args:
        local_sockets: whether sockets of the machine's own files stay allowed, over which CUDA speaks with a daemon
            that shares a GPU.

    Raises:
        OSError: the kernel has no such filters, or the architecture is another one.
    """
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise OSError(f"no list of system calls for {platform.machine()}")
    code = b"".join(_instructions(architecture, os.getpid(), local_sockets=local_sockets))
    set_seccomp(_Program(len(code) // 8, code))


def _instructions(architecture: _Architecture, process: int, *, local_sockets: bool) -> list[bytes]:
    calls = architecture.calls
    plain = [number for name, number in calls.items() if name not in _JUDGED]
    code = [
        _load(_ARCHITECTURE), *_unless(_EQUAL, architecture.audit, _KILL),
        _load(_NUMBER), *_when(_AT_LEAST, _OF_ANOTHER_ABI, _failure(errno.ENOSYS)),
        *_when(_EQUAL, calls["clone3"], _failure(errno.ENOSYS)),  # its flags can't be seen: libraries use clone then
    ]  # fmt: skip
    for number in plain:
        code += _when(_EQUAL, number, _failure(errno.EPERM))
    code += _judge(calls["clone"], _when(_ANY_BIT, _CLONE_THREAD, _ALLOW), _failure(errno.EPERM))
    for name in _TO_ITSELF:
        code += _judge(calls[name], _when(_EQUAL, process, _ALLOW), _failure(errno.EPERM))
    allowed = _when(_EQUAL, socket.AF_UNIX, _ALLOW) if local_sockets else []
    code += _judge(calls["socket"], allowed, _failure(errno.EACCES))
    return [*code, _return(_ALLOW)]


def _judge(call: int, exceptions: list[bytes], otherwise: int) -> list[bytes]:
    """The answer to one call by its first argument."""
    answers = [_load(_FIRST_ARGUMENT), *exceptions, _return(otherwise)]
    return [_jump(_EQUAL, call, 0, len(answers)), *answers]


def _when(test: int, value: int, answer: int) -> list[bytes]:
    return [_jump(test, value, 0, 1), _return(answer)]


def _unless(test: int, value: int, answer: int) -> list[bytes]:
    return [_jump(test, value, 1, 0), _return(answer)]


def _load(place: int) -> bytes:
    return struct.pack("=HBBI", _LOAD, 0, 0, place)


def _jump(test: int, value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("=HBBI", test, then, otherwise, value)


def _return(answer: int) -> bytes:
    return struct.pack("=HBBI", _RETURN, 0, 0, answer)


def _failure(number: int) -> int:
    return _ERROR | number
