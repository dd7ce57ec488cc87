"""The frame net: batches, turns at one session, broken frames drawn anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from structlog.testing import capture_logs

from pipeline.animate.liveportrait.frame_net import (
    FRAME,
    FRAME_FP16,
    FrameNet,
    FrameRenderer,
    LivePortraitError,
    free_gpu_memory,
)
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.fake_nets import KEYPOINTS, LARGE, SIDE

FEATURE = np.random.default_rng(3).uniform(0.1, 1.0, (1, 3, 1, SIDE, SIDE)).astype(np.float32)


def shifted_keypoints(count: int) -> np.ndarray:
    """Keypoints of `count` frames, each a little farther right."""
    points = np.repeat(KEYPOINTS, count, axis=0)
    points[:, :, 0] += np.linspace(0.0, 0.2, count, dtype=np.float32)[:, None]
    return points


def test_a_batch_is_its_frames_one_by_one(fake_runtime: Runtime) -> None:
    net = FrameNet(fake_runtime, batch=5)
    renderer = net.start_clip(FEATURE, KEYPOINTS[0])
    together = renderer.draw(shifted_keypoints(5))
    alone = np.concatenate([renderer.draw(points[None]) for points in shifted_keypoints(5)])
    assert together.shape == (5, LARGE, LARGE, 3) and together.dtype == np.uint8
    assert np.abs(together.astype(int) - alone).max() <= 1  # onnxruntime rounds as its vectors lie
    assert net.side == LARGE and renderer.repaired_count == 0
    assert not np.array_equal(together[0], together[4])


def test_broken_frames_are_drawn_in_fp32(fake_runtime: Runtime) -> None:
    good = FrameNet(fake_runtime).start_clip(FEATURE, KEYPOINTS[0]).draw(shifted_keypoints(3))
    renderer = FrameNet(fake_runtime, model=FRAME_FP16).start_clip(FEATURE, KEYPOINTS[0])
    with capture_logs() as logs:
        frames = renderer.draw(shifted_keypoints(3))
    assert np.abs(frames.astype(int) - good).max() <= 1 and renderer.repaired_count == 3
    assert [(one["event"], one["precision"], one["frames"]) for one in logs] == [("broken_frames", FRAME_FP16, 3)]


def test_frames_that_stay_black_are_an_error(fake_runtime: Runtime) -> None:
    for model in (FRAME, FRAME_FP16):
        renderer = FrameNet(fake_runtime, model=model).start_clip(np.zeros_like(FEATURE), KEYPOINTS[0])
        with pytest.raises(LivePortraitError, match="black"):
            renderer.draw(shifted_keypoints(2))


def test_a_net_that_fails_is_our_error(fake_runtime: Runtime) -> None:
    renderer = FrameNet(fake_runtime).start_clip(FEATURE[:, :2], KEYPOINTS[0])
    with pytest.raises(LivePortraitError, match="the frame net failed"):
        renderer.draw(shifted_keypoints(1))


class Greedy(FrameRenderer):
    """On a GPU whose memory holds two frames."""

    def __init__(self, net: FrameNet) -> None:
        super().__init__(net, FEATURE, KEYPOINTS)
        self.batch_sizes: list[int] = []

    def _draw_batch(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.batch_sizes.append(len(points))
        if len(points) > 2:
            raise RuntimeError("BFCArena: Failed to allocate memory for requested buffer")
        return super()._draw_batch(points)


def test_a_batch_that_does_not_fit_is_halved(fake_runtime: Runtime) -> None:
    net = FrameNet(fake_runtime, batch=8)
    renderer = Greedy(net)
    frames = renderer.draw(shifted_keypoints(7))
    whole = FrameNet(fake_runtime, batch=8).start_clip(FEATURE, KEYPOINTS[0]).draw(shifted_keypoints(7))
    assert np.abs(frames.astype(int) - whole).max() <= 1
    assert renderer.batch_sizes == [7, 4, 2, 2, 3, 2, 1] and net.batch == 2


@pytest.mark.parametrize("sessions", [1, 2])
def test_jobs_share_the_sessions(fake_runtime: Runtime, sessions: int) -> None:
    net = FrameNet(fake_runtime, sessions=sessions)
    features = [FEATURE * share for share in (1.0, 0.8, 0.6, 0.4)]

    def clip(feature: np.ndarray) -> np.ndarray:
        renderer = net.start_clip(feature, KEYPOINTS[0])
        return np.concatenate([renderer.draw(points[None]) for points in shifted_keypoints(6)])

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(clip, features))
    assert all(np.array_equal(one, clip(feature)) for one, feature in zip(together, features, strict=True))


def test_free_memory_is_a_number_or_unknown() -> None:
    free = free_gpu_memory()
    assert free is None or free > 0
