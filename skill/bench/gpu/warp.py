"""The warp on this machine: where its graphs run, whether the graph agrees with OpenCV, and what a frame costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Final

import numpy as np

from pipeline.animate.warp.active_region import bounding_window, find_active_region
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs
from pipeline.animate.warp.gpu_renderer import CURVES, MODEL, GraphRenderer
from pipeline.arrays import Pixels
from pipeline.faces.finder import FaceFinder
from pipeline.motion.channels import CHANNELS, CurveValues
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.bench.gpu.placement import place
from skill.bench.gpu.section import WHOLE, Extent, Section, Value, best_ms
from skill.demo_portrait import astronaut
from weights.store import WeightStore

_AGREE_DB: Final = 55.0  # over the region; the tests hold the same on a CPU


def measure_placement(runtime: Runtime, store: WeightStore, extent: Extent) -> Section:
    """Every graph of the store, run once."""
    rows = [
        place(one.name, store.path(one.name), runtime.providers) for one in store.manifest.models if one.name != MODEL
    ]
    maps = _maps(runtime, extent.sizes[0])
    window = RenderWindow.covering(*bounding_window(find_active_region(maps)))
    feeds = {"cur": _curves(2), **build_graph_inputs(maps, window)}
    rows.append(place(MODEL, store.path(MODEL), runtime.providers, feeds))
    return Section("Where the graphs run", rows, "Nodes that were executed, by onnxruntime's own profile.")


def measure_agreement(runtime: Runtime, extent: Extent) -> Section:
    """The graph's frames beside OpenCV's."""
    rows: list[dict[str, Value]] = []
    for size in extent.sizes:
        maps = _maps(runtime, size)
        frames = _values(6)
        drawn = GraphRenderer(runtime, maps).render_batch(frames)
        wanted = OpenCvRenderer(maps).render_batch(frames)
        least = min(_psnr(one, other) for one, other in zip(drawn, wanted, strict=True))
        rows.append(
            {"photo": _name(size), "least, dB": round(least, 1), "agrees": "yes" if least >= _AGREE_DB else "NO"}
        )
    return Section(
        "The warp's graph against OpenCV", rows, f"Over the region that moves; {_AGREE_DB:.0f} dB are wanted."
    )


def measure_frames(runtime: Runtime, extent: Extent) -> Section:
    """Milliseconds a frame, of the graph by the number of frames at once, and of OpenCV on one thread."""
    rows = [row for size in extent.sizes for row in _time_size(runtime, size, extent)]
    return Section("A frame of the warp", rows, "The shortest of several runs; frames come back to the CPU's memory.")


def _time_size(runtime: Runtime, size: tuple[int, int], extent: Extent) -> Iterator[dict[str, Value]]:
    maps = _maps(runtime, size)
    graph, opencv = GraphRenderer(runtime, maps), OpenCvRenderer(maps)
    times = {
        batch: best_ms(partial(graph.render_batch, _values(batch)), batch, extent.seconds)
        for batch in extent.batches
        if batch <= max(graph.batch_size, 1)
    }
    best = min(times, key=lambda batch: times[batch])
    single = best_ms(partial(opencv.render_batch, _values(1)), 1, extent.seconds)
    yield {
        "photo": _name(size),
        "graph, one at once, ms": round(times[min(times)], 2),
        "graph, best, ms": round(times[best], 2),
        "at": best,
        "largest batch that fits": graph.batch_size,
        "OpenCV, ms": round(single, 2),
    }


@lru_cache(maxsize=len(WHOLE.sizes))  # three sections measure the same portraits
def _maps(runtime: Runtime, size: tuple[int, int]) -> WarpMaps:
    """The demo portrait at a size, its face analysed."""
    pixels = read_photo(astronaut(size), long_side=max(size))
    return build_maps(runtime, pixels, FaceFinder(runtime).find(pixels)[0])


def _values(count: int) -> list[CurveValues]:
    """Curve values of frames with a turn, a smile and a blink."""
    shares = np.linspace(0.2, 1.0, count)
    moved = ({"yaw": 10 * one, "pitch": 3 * one, "smile": one, "blink_r": one, "blink_l": one} for one in shares)
    return [{**dict.fromkeys(CHANNELS, 0.0), **{name: float(value) for name, value in one.items()}} for one in moved]


def _curves(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([[one.get(name, 0.0) for name in CURVES] for one in _values(count)], np.float32)


def _psnr(one: Pixels, other: Pixels) -> float:
    error = float(((one.astype(np.float64) - other) ** 2).mean())
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def _name(size: Sequence[int]) -> str:
    return f"{size[0]}×{size[1]}"
