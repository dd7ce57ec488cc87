"""`ozhivi bench clip`: seconds of a clip by step and peak memory, measured in a process of its own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, process_time
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.errors import PipelineError
from pipeline.progress import Step
from pipeline.run import Wish
from skill.bench.clip_cost import ClipCost, DrawnClip, measure_encoding, summarise
from skill.bench.clip_photos import MEASURED, SLACK, build_photo
from skill.bench.errors import BenchError
from skill.bench.processes import own_peak_memory
from skill.local_render import open_photo_renderer


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """One measurement of several clips, the first one cold."""

    width: int
    """Pixels of the clip's width."""
    height: int
    """Pixels of the clip's height."""
    frames: int
    """The number of frames of a clip."""
    start_s: float
    """Seconds from the start of the process to the first step."""
    timings: tuple[dict[str, float], ...]
    """Seconds by step, for each clip."""
    walls: tuple[float, ...]
    """Seconds of the whole clip, for each clip."""
    peak_mib: float
    """The highest memory of the process, in MiB."""
    cost: ClipCost
    """Processor time, beside that of encoding alone."""


def measure_clip(
    photo: Path | None, *, runs: int, seconds: float, fps: int, long_side: int, portrait: str = "small"
) -> ClipFigures:
    """Make clips of a photo in a process of its own, so that its peak of memory is theirs alone.

    Args:
        photo: The photo; None: one that is made of the demo portrait.
        portrait: Which one, of MEASURED; it also says which faces move.
        runs: The number of clips.
        seconds: The length of a clip.
        fps: Its frames a second.
        long_side: Its longer side at most, in pixels.

    Raises:
        BenchError: The photo is refused, or the process failed.
        NoPortraitError: The demo portrait is not installed.
    """
    with TemporaryDirectory() as folder:
        if photo is None:
            photo = Path(folder) / "portrait"
            photo.write_bytes(build_photo(portrait))
        wish = {"seconds": seconds, "fps": fps, "long_side": long_side, "face": MEASURED[portrait].face}
        order = {"photo": str(photo), "folder": folder, "runs": runs, "wish": wish, "started": monotonic()}
        command = [sys.executable, "-m", "skill.bench.clip"]
        process = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, check=False)
    if process.returncode:
        last_line = "".join(process.stderr.strip().splitlines()[-1:])
        raise BenchError(last_line or f"the measuring process ended with exit code {process.returncode}")
    answer = json.loads(process.stdout)
    cost: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in answer["cost"].items()
    }
    return ClipFigures(
        **answer | {"timings": tuple(answer["timings"]), "walls": tuple(answer["walls"]), "cost": ClipCost(**cost)}
    )


def table(figures: ClipFigures) -> list[tuple[str, str, str]]:
    """Rows of (step, cold run, median of the warm ones)."""
    rows = [
        (
            str(step),
            _seconds(figures.timings[0].get(step)),
            _seconds(_warm([timing.get(step, 0.0) for timing in figures.timings])),
        )
        for step in Step
    ]
    warm = _warm(list(figures.walls))
    rows.append(("all", _seconds(figures.walls[0]), _seconds(warm)))
    rows.append(("frames a second", f"{figures.frames / figures.walls[0]:.1f}", f"{figures.frames / warm:.1f}"))
    rows.append(("start to first step", _seconds(figures.start_s), ""))
    rows.append(("peak memory", f"{figures.peak_mib:.0f} MiB", ""))
    return [*rows, *_cost_rows(figures.cost)]


def _cost_rows(cost: ClipCost) -> list[tuple[str, str, str]]:
    """Rows of processor time, all of them warm."""
    return [
        ("whole, processor time", "", _seconds(median(cost.whole_s))),
        ("encoding alone, processor time", "", _seconds(median(cost.encoding_s))),
        ("whole / encoding alone", "", f"{cost.ratio:.2f}"),
        ("a frame, one core", "", f"{cost.frame_ms:.1f} ms"),
        *((f"… {name}", "", f"{spent:.1f} ms") for name, spent in cost.operations_ms.items()),
        ("pixels that move", "", f"{cost.moving:.0%}"),
    ]


def show(figures: ClipFigures) -> None:
    """Print the table."""
    shown = Table("step", "cold", "warm", box=None, pad_edge=False)
    for row in table(figures):
        shown.add_row(*row)
    console = Console(highlight=False)
    console.print(_title(figures))
    console.print(shown)


def format_markdown(figures: ClipFigures) -> str:
    """The table in markdown."""
    lines = [f"{_title(figures)}:", "", "| step | cold | warm |", "| --- | --- | --- |"]
    lines += [f"| {step} | {cold} | {warm} |" for step, cold, warm in table(figures)]
    return "\n".join(lines) + "\n"


def format_json(figures: ClipFigures) -> str:
    """One JSON object: all figures, with `ratio` beside them."""
    return json.dumps({**asdict(figures), "ratio": round(figures.cost.ratio, 3)})


def check_ratios(*, runs: int, seconds: float, fps: int, long_side: int) -> Iterator[str]:
    """Measure every photo of MEASURED, with a line for each.

    Args:
        runs: See `measure_clip`, as for all arguments.

    Raises:
        BenchError: At the end, where clips cost more than their limits with SLACK.
    """
    slow = []
    for name, photo in MEASURED.items():
        figures = measure_clip(None, runs=runs, seconds=seconds, fps=fps, long_side=long_side, portrait=name)
        ratio, allowed = figures.cost.ratio, photo.limit * SLACK
        yield (
            f"{name}, {photo.description}: {ratio:.2f} times encoding alone (at most {allowed:.2f}),"
            f" {figures.cost.frame_ms:.1f} ms a frame, {figures.cost.moving:.0%} moves, {figures.peak_mib:.0f} MiB"
        )
        if ratio > allowed:
            slow.append(name)
    if slow:
        raise BenchError(f"slower than the table of limits allows: {', '.join(slow)}")


def _title(figures: ClipFigures) -> str:
    size = f"{figures.width}×{figures.height}, {figures.frames} frames"
    return f"{size}, {len(figures.walls)} runs, {os.cpu_count()} CPUs ({platform.machine()})"


def _warm(values: list[float]) -> float:
    return median(values[1:] or values)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"


def _render_clips(order: dict[str, Any]) -> ClipFigures:
    """The work of the measuring process: all clips, one after the other."""
    wish = Wish(**order["wish"])
    photo, out = Path(order["photo"]), Path(order["folder"]) / "clip.mp4"
    first_step: list[float] = []
    timings: list[dict[str, float]] = []
    walls: list[float] = []
    renderer = open_photo_renderer()

    def on_step(step: str, share: float) -> None:
        if not first_step:
            first_step.append(monotonic() - order["started"])

    whole, encoding = list[float](), list[float]()
    drawn: list[DrawnClip] = []
    for _ in range(order["runs"]):
        began, spent = perf_counter(), process_time()
        result = renderer.render(photo, wish, out, on_step)
        whole.append(process_time() - spent)
        walls.append(perf_counter() - began)
        timings.append(dict(result.timings))
        if not drawn:
            drawn.append(DrawnClip(renderer.prepare(photo, wish), renderer.runtime, wish, out.with_name("frames")))
        encoding.append(measure_encoding(drawn[0].frames, out, wish.fps))
    clip, peak = result.clip, round(own_peak_memory(), 1)
    cost = summarise(whole[1:] or whole, encoding[1:] or encoding, drawn[0])
    return ClipFigures(*clip.size, clip.frames, first_step[0], tuple(timings), tuple(walls), peak, cost)


def _main() -> None:
    """The entry of the measuring process: an order on stdin, the figures on stdout."""
    try:
        figures = _render_clips(json.load(sys.stdin))
    except PipelineError as error:
        code = f"{error.reason}.{error.cause}" if error.cause else str(error.reason)
        sys.exit(f"the photo is refused ({code}): {error.sentence} {error.advice}")
    sys.stdout.write(json.dumps(asdict(figures)))


if __name__ == "__main__":
    _main()
