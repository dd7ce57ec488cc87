"""The nets that draw frames, W and G: keypoints in, frames out, in batches.

Broken frames, which fp16 can give, are noticed and drawn once more in fp32.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock
from time import perf_counter
from typing import Final

import numpy as np
import onnxruntime as ort
import structlog

from pipeline.arrays import Float, Pixels
from pipeline.runtime import CUDA, Runtime

FRAME, FRAME_FP16 = "liveportrait_frame", "liveportrait_frame_fp16"
MAX_BATCH: Final = 16  # frames a batch; what more gains was never measured
# Memory that one frame of a batch takes in W and G, on the safe side: a CPU run of batch 1 peaks at 2.2 GB with the
# weights. Never measured on a GPU; a batch that does not fit is halved.
_FRAME_BYTES: Final = 1.6 * 2**30
_BLACK: Final = 1.0 / 255.0  # mean of a frame that is none: no crop of a face is that dark
_NVML: Final = "libnvidia-ml.so.1"

log = structlog.get_logger(__name__)


class LivePortraitError(RuntimeError):
    """The nets can't draw this clip on this machine; the message says what was seen."""


class FrameNet:
    """The nets of one precision, shared by all jobs of a process.

    onnxruntime's `run` is reentrant, but two batches in one session share its one stream and only double its arena; so
    a job takes a free session for the length of a batch, and jobs that share one take turns.

    Args:
        runtime: Has the model.
        sessions: Sessions on the one GPU; each holds the weights (0.4 GB in fp32) and works on one batch at a time.
        batch: Frames at once; by default as many as the free memory holds, 1 on a CPU, where more gains nothing.
        model: By default that of fp16 on a GPU, of fp32 on a CPU; the `_4d` forms are for a runtime without volumes.
    """

    def __init__(
        self, runtime: Runtime, *, sessions: int = 1, batch: int | None = None, model: str | None = None
    ) -> None:
        self._runtime = runtime
        self.on_gpu = CUDA in runtime.providers
        self.name = model or (FRAME_FP16 if self.on_gpu else FRAME)
        self.fp32_name = self.name.removesuffix("_fp16")
        first = runtime.session(self.name)
        self.on_gpu = self.on_gpu and CUDA in first.get_providers()
        self._free: SimpleQueue[ort.InferenceSession] = SimpleQueue()
        for session in (first, *(runtime.open(self.name) for _ in range(sessions - 1))):
            self._free.put(session)
        self.side = int(next(one for one in first.get_outputs() if one.name == "frames").shape[1])
        self.batch = batch or (_choose_batch(sessions) if self.on_gpu else 1)
        self._fp32_lock = Lock()

    def start_clip(self, feature: Float, kp_source: Float) -> FrameRenderer:
        """Begin a clip of one face: feature (1, C, D, h, w) is brought to the GPU here, once; kp_source (21, 3)."""
        source = np.ascontiguousarray(kp_source[None], np.float32)
        return FrameRenderer(self, np.ascontiguousarray(feature, np.float32), source)

    @contextmanager
    def session(self) -> Iterator[ort.InferenceSession]:
        """A session that nobody else uses meanwhile; waits for one."""
        session = self._free.get()
        try:
            yield session
        finally:
            self._free.put(session)

    def run_fp32(self, feeds: dict[str, Float]) -> tuple[Pixels, Float]:
        """Draw frames by the fp32 file, one at a time and without a GPU's bindings: this is rare.

        `feeds`: the inputs by name, kp_driving (n, 21, 3). Returns frames uint8 (n, side, side, 3) and means (n,).
        """
        with self._fp32_lock:
            session = self._runtime.session(self.fp32_name)
            points = feeds["kp_driving"]
            parts = [
                session.run(["frames", "mean"], {**feeds, "kp_driving": points[i : i + 1]}) for i in range(len(points))
            ]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


class FrameRenderer:
    """Draws the frames of one face of one clip. `repaired_count`: frames that were broken and drawn again in fp32."""

    def __init__(self, net: FrameNet, feature: Float, kp_source: Float) -> None:
        self._net, self._feature, self._source = net, feature, kp_source
        self._on_device = ort.OrtValue.ortvalue_from_numpy(feature, "cuda" if net.on_gpu else "cpu", 0)
        self.repaired_count = 0

    def draw(self, kp_driving: Float) -> Pixels:
        """Draw frames.

        A GPU always gets whole batches, the last one filled up with repetitions: each new shape would cost it a search
        for the fastest kernels.

        Args:
            kp_driving: Keypoints (n, 21, 3), n ≤ the net's batch.

        Returns:
            uint8 (n, side, side, 3).

        Raises:
            LivePortraitError: Frames stay broken, or memory does not suffice.
        """
        points = np.ascontiguousarray(kp_driving, np.float32)
        count = len(points)
        if self._net.on_gpu and count < self._net.batch:
            points = np.concatenate([points, np.repeat(points[-1:], self._net.batch - count, axis=0)])
        frames, mean = self._draw_fitting(points)
        frames, mean = frames[:count], mean[:count]
        return frames if _are_intact(mean) else self._redraw(points[:count])

    def measure(self, kp_driving: Float) -> tuple[Pixels, float]:
        """Draw one frame of kp_driving (1, 21, 3) and take its seconds; kernels are chosen and memory is taken here."""
        began = perf_counter()
        frames = self.draw(kp_driving)
        return frames[0], perf_counter() - began

    def _draw_fitting(self, points: Float) -> tuple[Pixels, Float]:
        """Draw as one batch, or as two halves where it does not fit the memory; then all later ones are smaller, too.

        Returns frames and their means.
        """
        try:
            return self._draw_batch(points)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise LivePortraitError(f"the frame net failed: {str(error)[:200]}") from error
        if len(points) == 1:
            raise LivePortraitError("the GPU's free memory does not suffice for one frame")
        half = (len(points) + 1) // 2
        self._net.batch = min(self._net.batch, half)
        log.warning("smaller_batches", batch=self._net.batch)
        parts = [self._draw_fitting(part) for part in (points[:half], points[half:])]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _draw_batch(self, points: Float) -> tuple[Pixels, Float]:
        with self._net.session() as session:
            binding = session.io_binding()
            binding.bind_ortvalue_input("feature", self._on_device)
            binding.bind_cpu_input("kp_source", self._source)
            binding.bind_cpu_input("kp_driving", points)
            for name in ("frames", "mean"):  # `image`, twelve times larger in float, stays on the GPU
                binding.bind_output(name, "cpu")
            session.run_with_iobinding(binding)
            frames, mean = binding.copy_outputs_to_cpu()
            return frames, mean

    def _redraw(self, points: Float) -> Pixels:
        """Draw broken frames anew in fp32. Raises LivePortraitError."""
        if self._net.name == self._net.fp32_name:
            raise LivePortraitError("frames are black or not numbers in fp32")
        log.warning("broken_frames", precision=self._net.name, frames=len(points))
        self.repaired_count += len(points)
        feeds = {"feature": self._feature, "kp_source": self._source, "kp_driving": points}
        frames, mean = self._net.run_fp32(feeds)
        if not _are_intact(mean):
            raise LivePortraitError("frames are black or not numbers, in fp16 and in fp32")
        return frames


class _NvmlMemory(ctypes.Structure):
    """NVML's nvmlMemory_t, bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def free_gpu_memory(device: int = 0) -> int | None:
    """Free memory of a GPU in bytes, None where the driver does not say.

    The driver counts all GPUs: where CUDA_VISIBLE_DEVICES hides some, its numbers are not CUDA's.
    """
    try:
        library = ctypes.CDLL(_NVML)
        if library.nvmlInit_v2() != 0:
            return None
        handle, memory = ctypes.c_void_p(), _NvmlMemory()
        found = library.nvmlDeviceGetHandleByIndex_v2(device, ctypes.byref(handle)) == 0
        answered = found and library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0
        library.nvmlShutdown()
    except (OSError, AttributeError):  # no such library here, or one without these functions
        return None
    return int(memory.free) if answered else None


def _choose_batch(sessions: int) -> int:
    """Frames a batch that half of the free memory holds, 1 where the driver does not say how much there is."""
    free = free_gpu_memory()
    return 1 if free is None else int(np.clip(free * 0.5 / sessions / _FRAME_BYTES, 1, MAX_BATCH))


def _are_intact(mean: Float) -> bool:
    """Whether no frame's mean (n,) is that of a black frame or not a number."""
    return bool(np.isfinite(mean).all() and mean.min() > _BLACK)


def _is_out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return "out of memory" in text or "failed to allocate" in text
