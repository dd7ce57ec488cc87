"""Whole clips: how many in a second with several at once, the share of the encoder, and the card's own encoder."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.stream import VideoStream

from pipeline.run import Wish
from skill.bench.gpu.machine import card_memory
from skill.bench.gpu.section import Extent, Section, Value
from skill.demo_portrait import astronaut
from skill.photo_renderer import PhotoRenderer

_FRAMES: Final = 100
_ENCODERS: Final = {
    "libx264": {"preset": "medium", "crf": "18", "tune": "grain"},
    "h264_nvenc": {"preset": "p5", "rc": "constqp", "qp": "18"},
}


def measure_clips(renderer: PhotoRenderer, extent: Extent) -> Section:
    """Clips of the demo portrait, by the number of them at once, in threads of one process."""
    with tempfile.TemporaryDirectory() as folder:
        _render(renderer, Path(folder) / "warm", extent, 0)
        rows = [_measure_jobs(renderer, Path(folder), extent, jobs) for jobs in extent.jobs]
    size = "×".join(map(str, extent.sizes[-1]))
    note = f"{size}, {extent.clip_seconds:.0f} s at 25 frames a second, MP4; every clip has another seed."
    return Section("Clips", rows, note)


def _measure_jobs(renderer: PhotoRenderer, folder: Path, extent: Extent, jobs: int) -> dict[str, Value]:
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        tasks = [
            pool.submit(_render, renderer, folder / f"{jobs}-{number}", extent, number + 1) for number in range(jobs)
        ]
        timings = [task.result() for task in tasks]
    wall = time.perf_counter() - began
    steps = sum(sum(one.values()) for one in timings)
    memory = card_memory()
    return {
        "at once": jobs,
        "clips a second": round(jobs / wall, 3),
        "seconds of one": round(wall, 2),
        "share of encoding": round(sum(one.get("encode", 0.0) for one in timings) / steps, 2),
        "memory of the cards, MiB": "–" if memory is None else round(memory),
    }


def _render(renderer: PhotoRenderer, out: Path, extent: Extent, seed: int) -> dict[str, float]:
    """Seconds by step."""
    size = extent.sizes[-1]
    wish = Wish("nostalgia", seconds=extent.clip_seconds, long_side=max(size), face="largest", seed=seed)
    result = renderer.render(astronaut(size), wish, out.with_suffix(".mp4"), lambda step, share: None)
    return dict(result.timings)


def measure_encoders(extent: Extent) -> Section:
    """Frames a second of the encoder that is used, and of the card's, where PyAV has it."""
    rows = [_time_encoder(name, options, extent) for name, options in _ENCODERS.items()]
    return Section("Encoders", rows, "The service uses libx264; the other is here to see whether it would be worth it.")


def _time_encoder(name: str, options: dict[str, str], extent: Extent) -> dict[str, Value]:
    width, height = extent.sizes[-1]
    moving = np.random.default_rng(0).integers(0, 255, (height, width + _FRAMES, 3), np.uint8)
    try:
        with tempfile.TemporaryDirectory() as folder, av.open(f"{folder}/clip.mp4", "w") as container:
            stream = container.add_stream(name, rate=25, options=options)
            assert isinstance(stream, VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            began = time.perf_counter()
            for number in range(_FRAMES):
                picture = np.ascontiguousarray(moving[:, number : number + width] // 4 + 96)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            seconds = time.perf_counter() - began
    except (av.FFmpegError, ValueError) as error:  # ValueError: PyAV was built without it
        return {"encoder": name, "frames a second": "–", "remark": f"not here: {type(error).__name__}"}
    return {
        "encoder": name,
        "frames a second": round(_FRAMES / seconds, 1),
        "remark": "moving noise, colours converted",
    }
