"""The machine: its cards, its versions, its providers."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import onnxruntime as ort

from pipeline.runtime import Runtime
from skill.bench.gpu.section import Section, Value

_QUERY: Final = ("--query-gpu=name,driver_version,memory.total,memory.used", "--format=csv,noheader")
_PACKAGES: Final = ("onnxruntime", "onnxruntime-gpu", "torch", "numpy", "opencv-python-headless", "av")


def describe_machine(runtime: Runtime) -> Section:
    """The machine that the figures were measured on."""
    values: dict[str, Value] = {
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "logical CPUs": os.cpu_count() or 0,
        "cards (name, driver, memory, in use)": _cards(),
        "providers built in": ", ".join(ort.get_available_providers()),
        "providers used": ", ".join(runtime.providers),
    }
    for name in _PACKAGES:
        try:
            values[name] = version(name)
        except PackageNotFoundError:
            continue
    return Section("Machine", [{"what": name, "value": value} for name, value in values.items()])


def card_memory() -> float | None:
    """MiB that are in use on all cards; None without NVIDIA's tools."""
    used = [row.split(",")[-1].split()[0] for row in _ask().splitlines() if row.strip()]
    return sum(float(one) for one in used if one.replace(".", "").isdigit()) if used else None


def _cards() -> str:
    return "; ".join(_ask().strip().splitlines()) or "none"


def _ask() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        return subprocess.run([program, *_QUERY], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
