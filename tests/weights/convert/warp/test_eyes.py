"""Both eyes in torch: their values are found by name, a lid stretches as the pipeline's does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.warp.eyes import draw  # noqa: E402
from pipeline.animate.warp.face_maps import WarpMaps  # noqa: E402
from pipeline.animate.warp.formula import EYE_IMAGES, LID_CURVES  # noqa: E402
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs  # noqa: E402
from weights.convert.warp import eyes as eyes_module  # noqa: E402
from weights.convert.warp.eyes import Eyes  # noqa: E402


@pytest.fixture(scope="module")
def eyes(maps: WarpMaps) -> Eyes:
    inputs = build_graph_inputs(maps, RenderWindow.covering(slice(0, 16), slice(0, 16)))
    names = ("eyes", "eye_table", "eye_images", "texture")
    return Eyes(*(torch.from_numpy(inputs[name]) for name in names), torch.tensor(2.0))


def test_places_go_to_the_eye_and_back(eyes: Eyes) -> None:
    x = torch.rand(2, 1, 4, 5, generator=torch.Generator().manual_seed(1)) * 200
    u, v = eyes.local(x, 200 - x)
    again = eyes.place(u, v)
    np.testing.assert_allclose(again[0], x, atol=1e-3)
    np.testing.assert_allclose(again[1], 200 - x, atol=1e-3)


def test_curves_and_pictures_are_those_of_the_maps(eyes: Eyes, maps: WarpMaps) -> None:
    zero = torch.zeros(2, 1, 1, 1)
    curves = eyes.curves(zero)
    assert len(curves) == len(LID_CURVES)
    for index, eye in enumerate(maps.eyes):
        assert eye is not None
        for name, curve in zip(LID_CURVES[:-1], curves, strict=False):
            assert curve[index, 0, 0, 0] == pytest.approx(
                float(np.interp(0, eye.contour.at, getattr(eye.contour, name))), abs=1e-2
            )
    skin = eyes.from_box(zero, zero, "skin")
    assert skin.shape == (2, 1, 1, 1, 3) and skin.min() >= 1 and skin.max() <= 255
    assert eyes.from_box(zero, zero, "skin", "grain_at").shape[-1] == 7


def test_pictures_follow_each_other() -> None:
    ends = [eyes_module._channels(name) for name, _ in EYE_IMAGES]
    assert ends[0][0] == 0 and ends[-1][1] == sum(channels for _, channels in EYE_IMAGES)
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    with pytest.raises(ValueError, match="no picture is called nose"):
        eyes_module._channels("nose")


def test_the_skin_stretches_as_in_the_pipeline() -> None:
    s = np.linspace(-0.5, 1.5, 41, dtype=np.float32)
    found = eyes_module._stretch_integral(torch.from_numpy(s)).numpy()
    np.testing.assert_allclose(found, draw._stretch_integral(s), atol=1e-6)
    assert found[0] == 0.0 and found[-1] == pytest.approx(1.0)
