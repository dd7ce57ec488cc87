"""The driver's devices, which have to be there before a process may start nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.sandbox import gpu
from skill.sandbox.access import Access


def test_without_a_driver_nothing_is_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(gpu, "_DRIVER", tmp_path / "missing")
    monkeypatch.setattr(gpu, "_DEVICES", tmp_path)
    assert gpu.open_gpu() == Access()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A system with a driver, for which this is /dev."""
    devices = tmp_path / "dev"
    devices.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(gpu, "_DRIVER", tmp_path)
    monkeypatch.setattr(gpu, "_DEVICES", devices)
    monkeypatch.setattr(gpu, "_MEMORY", devices / "nvidia-uvm")
    return devices


def test_the_helper_of_the_driver_makes_what_is_missing(
    driver: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    helper, made = tmp_path / "nvidia-modprobe", tmp_path / "made"
    helper.write_text(f"#!/bin/sh\necho $@ > {made}\n: > {driver}/nvidia-uvm\n")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu.open_gpu() == Access(writable=(tmp_path / ".nv", driver / "nvidia-uvm"))
    assert made.read_text() == "-c 0 -u\n"
    assert (tmp_path / ".nv").is_dir()
    made.unlink()
    gpu.open_gpu()
    assert not made.exists()


def test_of_the_devices_those_of_the_gpu_stay_open(driver: Path, tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm", "shm", "sda", "tty", "mem"):
        (driver / name).touch()
    names = ("nvidia-uvm", "nvidia0", "nvidiactl", "shm")
    assert gpu.open_gpu() == Access(writable=(tmp_path / ".nv", *(driver / name for name in names)))


@pytest.mark.parametrize("name", ["dxg", "nvmap"])
def test_other_systems_have_a_device_and_no_folder(
    driver: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (driver / name).touch()
    (driver / "nvidia-uvm").touch()
    monkeypatch.setattr(gpu, "_DRIVER", tmp_path / "missing")
    assert driver / name in gpu.open_gpu().writable
