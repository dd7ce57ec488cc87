"""How long a clip takes, by step, and how much memory: in a fresh process, so that its peak is honest."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.progress import Step
from pipeline.run import Wish
from skill.demo_portrait import astronaut
from skill.local_render import open_photo_renderer

SIZE = (1280, 960)  # width, height: the photo of docs/figures.md


@dataclass(frozen=True, slots=True)
class Figures:
    """One measurement. `start_s`: from the start of the process to the first step. `timings`: own seconds by
    step, `walls`: seconds of each whole clip, one entry a run, the first one cold. `peak_mib`: of the whole
    process."""

    width: int
    height: int
    frames: int
    start_s: float
    timings: tuple[dict[str, float], ...]
    walls: tuple[float, ...]
    peak_mib: float


def measure(photo: Path | None, *, runs: int, seconds: float, fps: int, long_side: int) -> Figures:
    """Make `runs` clips of a photo (None: the astronaut) in a process of its own."""
    with TemporaryDirectory() as folder:
        if photo is None:
            photo = Path(folder) / "astronaut.png"
            photo.write_bytes(astronaut(SIZE))
        wish = {"seconds": seconds, "fps": fps, "long_side": long_side, "face": "largest"}
        order = {"photo": str(photo), "folder": folder, "runs": runs, "wish": wish, "started": monotonic()}
        command = [sys.executable, "-m", "skill.bench.clip"]
        done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError("".join(done.stderr.strip().splitlines()[-1:]) or f"exit code {done.returncode}")
    answer = json.loads(done.stdout)
    return Figures(**answer | {"timings": tuple(answer["timings"]), "walls": tuple(answer["walls"])})


def _work(order: dict[str, Any]) -> Figures:
    """The measuring process: all clips, one after the other."""
    wish = Wish(**order["wish"])
    photo, out = Path(order["photo"]), Path(order["folder"]) / "clip.mp4"
    first_step: list[float] = []
    timings: list[dict[str, float]] = []
    walls: list[float] = []
    renderer = open_photo_renderer()

    def on_step(step: str, share: float) -> None:
        if not first_step:
            first_step.append(monotonic() - order["started"])

    for _ in range(order["runs"]):
        began = perf_counter()
        result = renderer.render(photo, wish, out, on_step)
        walls.append(perf_counter() - began)
        timings.append(dict(result.timings))
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is bytes there, KiB elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    clip = result.clip
    return Figures(*clip.size, clip.frames, first_step[0], tuple(timings), tuple(walls), round(peak, 1))


def table(figures: Figures) -> list[tuple[str, str, str]]:
    """Rows (what, cold run, median of the warm ones)."""
    rows = [
        (
            step.value,
            _seconds(figures.timings[0].get(step)),
            _seconds(_warm([t.get(step, 0.0) for t in figures.timings])),
        )
        for step in Step
    ]
    warm = _warm(list(figures.walls))
    rows.append(("all", _seconds(figures.walls[0]), _seconds(warm)))
    rows.append(("frames a second", f"{figures.frames / figures.walls[0]:.1f}", f"{figures.frames / warm:.1f}"))
    rows.append(("start to first step", _seconds(figures.start_s), ""))
    rows.append(("peak memory", f"{figures.peak_mib:.0f} MiB", ""))
    return rows


def title(figures: Figures) -> str:
    size = f"{figures.width}×{figures.height}, {figures.frames} frames"
    return f"{size}, {len(figures.walls)} runs, {os.cpu_count()} CPUs ({platform.machine()})"


def show(figures: Figures) -> None:
    shown = Table("step", "cold", "warm", box=None, pad_edge=False)
    for row in table(figures):
        shown.add_row(*row)
    console = Console(highlight=False)
    console.print(title(figures))
    console.print(shown)


def as_markdown(figures: Figures) -> str:
    lines = [f"{title(figures)}:", "", "| step | cold | warm |", "| --- | --- | --- |"]
    lines += [f"| {what} | {cold} | {warm} |" for what, cold, warm in table(figures)]
    return "\n".join(lines) + "\n"


def _warm(values: list[float]) -> float:
    return median(values[1:] or values)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_work(json.load(sys.stdin)))))
