"""The GPU renderer: the warp's formulas as one exported graph, many frames a run. Also runs on a CPU, more slowly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pipeline.animate.warp.active_region import active_zone, window_of
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.gpu_inputs import Window, statics_of
from pipeline.arrays import Float, Pixels
from pipeline.motion.channels import CHANNELS
from pipeline.runtime import CUDA, Runtime

MODEL: Final = "warp_render"
_BYTES: Final = 100  # of intermediate values a pixel of the window and frame; 87 measured, see docs/warp.md
_GPU_BUDGET: Final = 2 << 30  # bytes for a batch's intermediate values: two batches at once fit a card of 6 GB
_CPU_BUDGET: Final = 256 << 20
_MOST: Final = 32  # frames at once: more gain nothing, and the first ones would come late


class GraphRenderer:
    """Renders frames of one face's region. The photo's maps are handed over once and stay on the device.

    Thread safe: a call binds its own curves and frames.
    """

    def __init__(self, runtime: Runtime, maps: WarpMaps) -> None:
        self._maps = maps
        self._session = runtime.session(MODEL)
        _check_channels(self._session)
        self._window = Window.over(*window_of(active_zone(maps)))
        self._device = "cuda" if CUDA in self._session.get_providers() else "cpu"
        statics = statics_of(maps, self._window)
        self._statics = {
            name: ort.OrtValue.ortvalue_from_numpy(value, self._device, 0) for name, value in statics.items()
        }
        budget = _GPU_BUDGET if self._device == "cuda" else _CPU_BUDGET
        self.batch = min(_MOST, max(1, budget // (_BYTES * self._window.height * self._window.width)))

    def render(self, pose: Mapping[str, float]) -> Pixels:
        """One frame of the region, uint8 (H, W, 3), for one value of each curve."""
        return np.asarray(self.render_batch([pose])[0])

    def render_batch(self, poses: Sequence[Mapping[str, float]]) -> NDArray[np.uint8]:
        """Frames of the region, uint8 (N, H, W, 3), any number of them, `batch` at a time."""
        frames = np.repeat(self._maps.pixels[None], len(poses), 0)
        moving = [index for index, pose in enumerate(poses) if any(pose.values())]
        part = frames[:, *self._window.slices]
        for start in range(0, len(moving), self.batch):
            chosen = moving[start : start + self.batch]
            cur = np.array([[poses[index][name] for name in CHANNELS] for index in chosen], np.float32)
            part[chosen] = self._run(cur)[:, : part.shape[1], : part.shape[2]]
        return frames

    def _run(self, cur: Float) -> NDArray[np.uint8]:
        """cur (N, channels) → uint8 (N, A, B, 3), the window."""
        binding = self._session.io_binding()
        binding.bind_cpu_input("cur", cur)
        for name, value in self._statics.items():
            binding.bind_ortvalue_input(name, value)
        binding.bind_output("frames", "cpu")
        self._session.run_with_iobinding(binding)
        (frames,) = binding.copy_outputs_to_cpu()
        return np.asarray(frames, np.uint8)


def _check_channels(session: Any) -> None:
    """The graph knows the curves by their place only."""
    known = session.get_modelmeta().custom_metadata_map.get("channels", "")
    if known != ",".join(CHANNELS):
        raise ValueError(f"{MODEL} was exported for the curves {known}: run python -m weights.convert.warp_graph")
