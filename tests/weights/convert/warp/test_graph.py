"""The whole graph in torch draws what OpenCV draws, before it is exported."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.warp.active_region import bounding_window, find_active_region  # noqa: E402
from pipeline.animate.warp.cpu_renderer import OpenCvRenderer  # noqa: E402
from pipeline.animate.warp.face_maps import WarpMaps  # noqa: E402
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs  # noqa: E402
from pipeline.animate.warp.gpu_renderer import CURVES  # noqa: E402
from weights.convert.warp.graph import WarpGraph  # noqa: E402
from weights.convert.warp.interface import AXES  # noqa: E402


@pytest.mark.parametrize(
    "curves", [{"yaw": 6.0}, {"blink_r": 1.0, "blink_l": 0.4}, {"gaze_x": 0.1, "smile": 1.0}], ids=str
)
def test_a_frame_is_that_of_the_other_renderer(maps: WarpMaps, curves: dict[str, float]) -> None:
    values = {**dict.fromkeys(CURVES, 0.0), **curves}
    window = RenderWindow.covering(*bounding_window(find_active_region(maps)))
    inputs = {"cur": np.array([[values[name] for name in CURVES]], np.float32), **build_graph_inputs(maps, window)}
    with torch.no_grad():
        frames = WarpGraph()(*(torch.from_numpy(inputs[name]) for name in AXES)).numpy()
    height, width = maps.region.size
    drawn = frames[0, : height - window.top, : width - window.left].astype(float)
    expected = OpenCvRenderer(maps).render(values)[window.slices].astype(float)
    error = ((drawn - expected) ** 2).mean()
    assert frames.dtype == np.uint8 and 10 * np.log10(255**2 / max(error, 1e-9)) > 55.0
