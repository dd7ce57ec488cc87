"""The GPU renderer: the warp's formulas as one exported graph, many frames a run. It runs on a CPU, too, slowly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pipeline.animate.warp.active_region import bounding_window, find_active_region
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs
from pipeline.arrays import Float, Pixels
from pipeline.motion.channels import CHANNELS, FOLLOWERS, CurveValues
from pipeline.runtime import CUDA, Runtime

MODEL: Final = "warp_render"
_BYTES: Final = 100  # of intermediate values a pixel of the window and frame; 87 measured, see docs/warp.md
_GPU_BUDGET: Final = 2 << 30  # bytes for a batch's intermediate values: two batches at once fit a card of 6 GB
_CPU_BUDGET: Final = 256 << 20
CURVES: Final = (*CHANNELS, *FOLLOWERS)
"""Names of the curves in the order of the graph's input `cur`."""
_MAX_BATCH: Final = 32  # frames at once: more gain nothing, and the first ones would come late


class GraphRenderer:
    """Renders frames of one face's region. The photo's maps are handed over once and stay on the device.

    Thread safe: a call binds its own curves and frames.
    """

    def __init__(self, runtime: Runtime, maps: WarpMaps) -> None:
        self._maps = maps
        self._session = runtime.session(MODEL)
        _check_channels(self._session)
        self._window = RenderWindow.covering(*bounding_window(find_active_region(maps)))
        self._device = "cuda" if CUDA in self._session.get_providers() else "cpu"
        inputs = build_graph_inputs(maps, self._window)
        self._inputs = {
            name: ort.OrtValue.ortvalue_from_numpy(value, self._device, 0) for name, value in inputs.items()
        }
        budget = _GPU_BUDGET if self._device == "cuda" else _CPU_BUDGET
        self.batch_size = min(_MAX_BATCH, max(1, budget // (_BYTES * self._window.height * self._window.width)))

    def render(self, curve_values: CurveValues) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), at one value of each channel."""
        return np.asarray(self.render_batch([curve_values])[0])

    def render_batch(self, curve_values: Sequence[CurveValues]) -> NDArray[np.uint8]:
        """Frames of the region, uint8 (N, H, W, 3), any number of them, `batch_size` at a time."""
        frames = np.repeat(self._maps.pixels[None], len(curve_values), 0)
        moving = [index for index, values in enumerate(curve_values) if any(values.values())]
        part = frames[:, *self._window.slices]
        for start in range(0, len(moving), self.batch_size):
            chosen = moving[start : start + self.batch_size]
            cur = np.array([[curve_values[index].get(name, 0.0) for name in CURVES] for index in chosen], np.float32)
            part[chosen] = self._run(cur)[:, : part.shape[1], : part.shape[2]]
        return frames

    def draw_batch(self, curve_values: Sequence[CurveValues], out: Sequence[Pixels]) -> None:
        """Draw each frame into its copy of the photo's region, uint8 (H, W, 3)."""
        for frame, drawn in zip(out, self.render_batch(curve_values), strict=True):
            frame[:] = drawn

    def _run(self, cur: Float) -> NDArray[np.uint8]:
        """Curve values (N, channels) → uint8 (N, A, B, 3), the window."""
        binding = self._session.io_binding()
        binding.bind_cpu_input("cur", cur)
        for name, value in self._inputs.items():
            binding.bind_ortvalue_input(name, value)
        binding.bind_output("frames", "cpu")
        self._session.run_with_iobinding(binding)
        (frames,) = binding.copy_outputs_to_cpu()
        return np.asarray(frames, np.uint8)


def _check_channels(session: Any) -> None:
    """Refuse a graph of other channels, which it knows by their place only. Raises ValueError."""
    exported = session.get_modelmeta().custom_metadata_map.get("channels", "")
    if exported != ",".join(CURVES):
        raise ValueError(f"{MODEL} was exported for the curves {exported}: run python -m weights.convert.warp.export")
