"""How much of a GPU's memory is free, asked of the driver's own library."""

from __future__ import annotations

import ctypes
from typing import Final

_LIBRARY: Final = "libnvidia-ml.so.1"


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def free_bytes(device: int = 0) -> int | None:
    """Free memory of the GPU `device`, None where the driver does not say.

    The driver counts all GPUs: where CUDA_VISIBLE_DEVICES hides some, its numbers are not CUDA's.
    """
    try:
        library = ctypes.CDLL(_LIBRARY)
        if library.nvmlInit_v2() != 0:
            return None
        handle, memory = ctypes.c_void_p(), _Memory()
        found = library.nvmlDeviceGetHandleByIndex_v2(device, ctypes.byref(handle)) == 0
        told = found and library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0
        library.nvmlShutdown()
    except (OSError, AttributeError):  # no such library here, or one without these functions
        return None
    return int(memory.free) if told else None
