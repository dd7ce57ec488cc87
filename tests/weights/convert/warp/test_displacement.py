"""The exported formulas of motion and light, in torch, are those of the pipeline."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.warp import displacement as pipeline_displacement  # noqa: E402
from pipeline.animate.warp.face_maps import WarpMaps  # noqa: E402
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs  # noqa: E402
from pipeline.animate.warp.gpu_renderer import CURVES  # noqa: E402
from pipeline.motion.channels import CurveValues  # noqa: E402
from weights.convert.warp import displacement  # noqa: E402

FRAMES: tuple[CurveValues, ...] = tuple(
    {**dict.fromkeys(CURVES, 0.0), **values}
    for values in (
        {"yaw": 8.0, "smile": 0.5},
        {"pitch": -4.0, "roll": 3.0, "breath": 1.0},
        {"sway_x": 0.02, "brow": 1.0, "hang": 0.04, "crown_y": 0.01},
    )
)


@pytest.fixture(scope="module")
def inputs(maps: WarpMaps) -> dict[str, torch.Tensor]:
    found = build_graph_inputs(maps, RenderWindow.covering(slice(0, 64), slice(0, 64)))
    return {name: torch.from_numpy(value) for name, value in found.items()}


@pytest.fixture(scope="module")
def cur() -> torch.Tensor:
    return torch.tensor([[frame[name] for name in CURVES] for frame in FRAMES])


def forward(inputs: dict[str, torch.Tensor], cur: torch.Tensor) -> torch.Tensor:
    names = ("local", "allowed", "expressions", "head")
    return displacement.forward_field(cur, *(inputs[name] for name in names))


def test_a_frames_displacement(maps: WarpMaps, inputs: dict[str, torch.Tensor], cur: torch.Tensor) -> None:
    found = forward(inputs, cur).permute(0, 2, 3, 1).numpy()
    for frame, field in zip(FRAMES, found, strict=True):
        np.testing.assert_allclose(field, pipeline_displacement.forward_field(maps, frame), atol=2e-3)


def test_its_inverse(maps: WarpMaps, inputs: dict[str, torch.Tensor], cur: torch.Tensor) -> None:
    """OpenCV's remap knows places to 1/32 of a cell."""
    step = maps.grid.step
    back, _ = displacement.backward_field(forward(inputs, cur), torch.tensor(float(step)))
    for frame, field in zip(FRAMES, back.permute(0, 2, 3, 1).numpy() * step, strict=True):
        expected = pipeline_displacement.backward_field(pipeline_displacement.forward_field(maps, frame), step)
        assert np.abs(field - expected).max() < 0.1


def test_light_changes_with_its_own_maps(maps: WarpMaps, inputs: dict[str, torch.Tensor], cur: torch.Tensor) -> None:
    back, sources = displacement.backward_field(forward(inputs, cur) * 0.0, torch.tensor(float(maps.grid.step)))
    assert not back.any()
    found = displacement.light_gain(cur, inputs["shade"], sources)[:, 0].numpy()
    smile, brow, _, _, yaw, pitch = maps.shade
    np.testing.assert_allclose(found[0], 0.5 * smile + np.sin(np.radians(8.0)) * yaw, atol=1e-5)
    np.testing.assert_allclose(found[1], np.sin(np.radians(-4.0)) * pitch, atol=1e-5)
    np.testing.assert_allclose(found[2], brow, atol=1e-5)
