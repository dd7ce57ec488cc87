"""From checkpoint files to an MP4: small nets with random weights, made, exported and run as the real ones are."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.animate.liveportrait.animator import LivePortraitAnimator
from pipeline.animate.liveportrait.frame_net import FRAME
from pipeline.faces.finder import Face, FaceFinder
from pipeline.output.encode import encode
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait.conftest import Pixels, astronaut, motion_of
from tests.weights.convert.liveportrait.conftest import Converted
from weights.store import WeightStore

pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

__all__ = ["astronaut"]


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore, converted: Converted) -> Runtime:
    """Everything from its own store: the small nets from one, the face models from the machine's."""
    store = WeightStore(converted.root)
    return Runtime(lambda name: (store if name.startswith("liveportrait") else built_weights).path(name), threads=1)


@pytest.fixture(scope="module")
def astronaut_face(runtime: Runtime, astronaut: Pixels) -> Face:
    (only,) = FaceFinder(runtime).find(astronaut)
    return only


def test_checkpoints_become_a_clip(runtime: Runtime, astronaut: Pixels, astronaut_face: Face, tmp_path: Path) -> None:
    animator = LivePortraitAnimator(runtime, on_estimate=lambda seconds: None)
    motion = motion_of(24, yaw=12.0, smile=1.0, blink_r=1.0, blink_l=1.0, sway_x=0.04)
    frames = list(animator.animate(astronaut, [astronaut_face], [motion]))
    assert np.array_equal(frames[0], astronaut) and (frames[12] != astronaut).mean() > 0.05
    assert len({frame.tobytes() for frame in frames}) == 13  # there, and back the same way
    clip = encode(frames, tmp_path / "clip.mp4", fps=25)
    with av.open(str(clip.files["mp4"])) as file:
        assert sum(1 for _ in file.decode(video=0)) == 24


def test_the_forms_draw_the_same(runtime: Runtime, astronaut: Pixels, astronaut_face: Face) -> None:
    motion = motion_of(4, yaw=12.0)

    def middle(model: str) -> Pixels:
        animator = LivePortraitAnimator(runtime, model=model, batch=4, on_estimate=lambda seconds: None)
        return list(animator.animate(astronaut, [astronaut_face], [motion]))[2]

    whole = middle(FRAME)
    for other in ("_4d", "_fp16", "_4d_fp16"):
        off = np.abs(whole.astype(int) - middle(FRAME + other))
        assert off.max() <= (2 if other == "_4d" else 24) and off.mean() < 1.0, other
