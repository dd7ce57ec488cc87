"""Files of NVIDIA's driver, which have to be there before a process may start no program any more."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from skill.sandbox.access import Access

GPU: Final = Path("/dev/nvidiactl")
"""The device that is there where the driver is in use."""
_MEMORY: Final = Path("/dev/nvidia-uvm")  # made by the first program that computes, through a helper of root
_DRIVER: Final = Path("/proc/driver/nvidia")
_DEVICES: Final = Path("/dev")
_OTHER_DRIVERS: Final = ("dxg", "nvmap")  # of WSL and Jetson, which have no such folder
_NAMES: Final = ("nvidia*", "nvhost*", *_OTHER_DRIVERS, "dri", "shm")


def open_gpu() -> Access:
    """Let the driver's helper make its devices, where it has not yet; they, and the folder of what CUDA has compiled.

    CUDA calls that helper by itself, but not from a process that may start nothing.
    """
    if not (_DRIVER.exists() or any((_DEVICES / name).exists() for name in _OTHER_DRIVERS)):
        return Access()
    helper = shutil.which("nvidia-modprobe")
    if helper and not _MEMORY.exists():
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run([helper, "-c", "0", "-u"], check=False, timeout=10)
    compiled = Path.home() / ".nv"
    with suppress(OSError):
        compiled.mkdir(mode=0o700, exist_ok=True)
    devices = sorted(device for name in _NAMES for device in _DEVICES.glob(name))
    return Access(writable=(compiled, *devices))
