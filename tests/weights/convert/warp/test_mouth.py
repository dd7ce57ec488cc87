"""Lips that part, in torch, are drawn as OpenCV draws them."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.warp import mouth as pipeline_mouth  # noqa: E402
from pipeline.animate.warp.face_maps import WarpMaps  # noqa: E402
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs  # noqa: E402
from pipeline.animate.warp.gpu_renderer import CURVES  # noqa: E402
from weights.convert.warp.mouth import Mouth, draw_mouth  # noqa: E402


def test_a_mouth_is_that_of_the_other_renderer(maps: WarpMaps) -> None:
    found = build_graph_inputs(maps, RenderWindow.covering(slice(0, 64), slice(0, 64)))
    inputs = {name: torch.from_numpy(value) for name, value in found.items()}
    mouth = Mouth(*(inputs[name] for name in ("mouth", "mouth_line", "mouth_share", "texture")), torch.tensor(2.0))
    left, top, right, bottom = maps.mouth.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    cur = torch.zeros((2, len(CURVES)))
    cur[1, CURVES.index("jaw")] = 0.8
    picture, share = draw_mouth(mouth, cur, *(torch.from_numpy(np.stack([place, place])) for place in (x, y)))
    expected, wanted = pipeline_mouth.draw_mouth(maps.texture, maps.mouth, 0.8, np.stack([x, y], -1))
    assert not share[0].any()  # shut lips are not drawn
    np.testing.assert_allclose(share[1], wanted, atol=0.02)
    np.testing.assert_allclose(picture[1], expected, atol=6.0)
