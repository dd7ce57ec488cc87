"""W and G: keypoints in, drawn frames out, in batches; broken frames are noticed and drawn once more in fp32."""

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
from pipeline.errors import MotionError
from pipeline.runtime import CUDA, Runtime

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


class LivePortraitError(RuntimeError):
    """The nets can't draw this clip on this machine; the message says what was seen."""


class NotAMotionError(MotionError):
    """A file that should hold a recorded motion and doesn't, or that must not be read."""


FRAME, FRAME_FP16 = "liveportrait_frame", "liveportrait_frame_fp16"
MOST: Final = 16  # frames a batch; what more gains was never measured
# Memory that one frame of a batch takes in W and G, on the safe side: a CPU run of batch 1 peaks at 2.2 GB with the
# weights. Never measured on a GPU; a batch that does not fit is halved.
_A_FRAME: Final = 1.6 * 2**30
_BLACK: Final = 1.0 / 255.0  # mean of a frame that is none: no crop of a face is that dark

log = structlog.get_logger(__name__)


class FrameNet:
    """The nets of one precision, shared by all jobs of a process.

    `sessions`: how many of them on the one GPU; each holds the weights once (0.4 GB in fp32) and works on one batch at
    a time. onnxruntime's `run` is reentrant, but two batches in one session share its one stream and only double its
    arena; so a job takes a free session for the length of a batch, and jobs that share one take turns.
    `batch`: frames at once; by default as many as the free memory holds, 1 on a CPU, where more gains nothing.
    `model`: by default fp16 on a GPU, fp32 on a CPU; the `_4d` forms are for a runtime without volumes.
    """

    def __init__(
        self, runtime: Runtime, *, sessions: int = 1, batch: int | None = None, model: str | None = None
    ) -> None:
        self._runtime = runtime
        self.on_gpu = CUDA in runtime.providers
        self.name = model or (FRAME_FP16 if self.on_gpu else FRAME)
        self.sure = self.name.removesuffix("_fp16")  # the same in fp32
        first = runtime.session(self.name)
        self.on_gpu = self.on_gpu and CUDA in first.get_providers()
        self._free: SimpleQueue[ort.InferenceSession] = SimpleQueue()
        for session in (first, *(runtime.open(self.name) for _ in range(sessions - 1))):
            self._free.put(session)
        self.side = int(next(one for one in first.get_outputs() if one.name == "frames").shape[1])
        self.batch = batch or (_fitting(sessions) if self.on_gpu else 1)
        self._repair = Lock()

    def open(self, feature: Float, kp_source: Float) -> Strip:
        """Begin a clip. feature (1, C, D, h, w) is brought to the GPU here, once; kp_source (21, 3)."""
        return Strip(self, np.ascontiguousarray(feature, np.float32), np.ascontiguousarray(kp_source[None], np.float32))

    @contextmanager
    def session(self) -> Iterator[ort.InferenceSession]:
        """A session that nobody else uses meanwhile; waits for one."""
        session = self._free.get()
        try:
            yield session
        finally:
            self._free.put(session)

    def in_fp32(self, feeds: dict[str, Float]) -> tuple[Pixels, Float]:
        """The same frames by the fp32 file, one at a time and without a GPU's bindings: this is rare."""
        with self._repair:
            session = self._runtime.session(self.sure)
            points = feeds["kp_driving"]
            parts = [
                session.run(["frames", "mean"], {**feeds, "kp_driving": points[i : i + 1]}) for i in range(len(points))
            ]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


class Strip:
    """Frames of one clip of one face. `repaired`: how many came out broken and were drawn again in fp32."""

    def __init__(self, net: FrameNet, feature: Float, kp_source: Float) -> None:
        self._net, self._feature, self._source = net, feature, kp_source
        self._on_device = ort.OrtValue.ortvalue_from_numpy(feature, "cuda" if net.on_gpu else "cpu", 0)
        self.repaired = 0

    def draw(self, kp_driving: Float) -> Pixels:
        """kp_driving (n, 21, 3) → uint8 (n, side, side, 3). n ≤ the net's batch.

        A GPU always gets whole batches, the last one filled up with repetitions: each new shape would cost it a search
        for the fastest kernels. Raises LivePortraitError where frames stay broken or memory does not suffice.
        """
        points = np.ascontiguousarray(kp_driving, np.float32)
        count = len(points)
        if self._net.on_gpu and count < self._net.batch:
            points = np.concatenate([points, np.repeat(points[-1:], self._net.batch - count, axis=0)])
        frames, mean = self._fitted(points)
        frames, mean = frames[:count], mean[:count]
        return frames if _sound(mean) else self._redrawn(points[:count])

    def measure(self, kp_driving: Float) -> tuple[Pixels, float]:
        """Draw one frame: kernels are chosen, memory is taken; the frame and its seconds. kp_driving (1, 21, 3)."""
        began = perf_counter()
        frames = self.draw(kp_driving)
        return frames[0], perf_counter() - began

    def _fitted(self, points: Float) -> tuple[Pixels, Float]:
        """As one batch, or as two halves where it does not fit the memory; then all later ones are smaller, too."""
        try:
            return self._batch(points)
        except Exception as error:
            if not _no_memory(error):
                raise LivePortraitError(f"the frame net failed: {str(error)[:200]}") from error
        if len(points) == 1:
            raise LivePortraitError("the GPU's free memory does not suffice for one frame")
        half = (len(points) + 1) // 2
        self._net.batch = min(self._net.batch, half)
        log.warning("smaller_batches", batch=self._net.batch)
        parts = [self._fitted(part) for part in (points[:half], points[half:])]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _batch(self, points: Float) -> tuple[Pixels, Float]:
        with self._net.session() as session:
            binding = session.io_binding()
            binding.bind_ortvalue_input("feature", self._on_device)
            binding.bind_cpu_input("kp_source", self._source)
            binding.bind_cpu_input("kp_driving", points)
            for name in ("frames", "mean"):  # `image`, twelve times larger in float, stays unasked on the GPU
                binding.bind_output(name, "cpu")
            session.run_with_iobinding(binding)
            frames, mean = binding.copy_outputs_to_cpu()
            return frames, mean

    def _redrawn(self, points: Float) -> Pixels:
        if self._net.name == self._net.sure:
            raise LivePortraitError("frames are black or not numbers in fp32")
        log.warning("broken_frames", precision=self._net.name, frames=len(points))
        self.repaired += len(points)
        frames, mean = self._net.in_fp32(self._feeds(points))
        if not _sound(mean):
            raise LivePortraitError("frames are black or not numbers, in fp16 and in fp32")
        return frames

    def _feeds(self, points: Float) -> dict[str, Float]:
        return {"feature": self._feature, "kp_source": self._source, "kp_driving": points}


def _sound(mean: Float) -> bool:
    return bool(np.isfinite(mean).all() and mean.min() > _BLACK)


def _fitting(sessions: int) -> int:
    """Frames a batch that half of the free memory holds, 1 where the driver does not say how much there is."""
    free = free_bytes()
    return 1 if free is None else int(np.clip(free * 0.5 / sessions / _A_FRAME, 1, MOST))


def _no_memory(error: Exception) -> bool:
    text = str(error).lower()
    return "out of memory" in text or "failed to allocate" in text
