"""Values between pixels are OpenCV's, so that both renderers see the same photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from pipeline.animate.warp import texture  # noqa: E402
from pipeline.image_ops import sample, smoothstep  # noqa: E402
from weights.convert.warp import sampling  # noqa: E402

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("mode", "flag", "off"), [("bilinear", cv2.INTER_LINEAR, 1e-2), ("bicubic", cv2.INTER_CUBIC, 2e-2)]
)
def test_a_picture_is_sampled_as_opencv_does(mode: str, flag: int, off: float) -> None:
    """OpenCV knows places to 1/32 of a pixel, so they are such here."""
    image = RANDOM.uniform(0, 1, (20, 30)).astype(np.float32)
    x, y = (np.round(RANDOM.uniform(-3, 33, (5, 40)) * 32) / 32 for _ in range(2))
    x, y = x.astype(np.float32), y.astype(np.float32)
    picture = torch.from_numpy(image)[None, None]
    grid = sampling.to_grid(picture, torch.from_numpy(x), torch.from_numpy(y))[None]
    found = sampling.look_up(picture, grid, mode)[0, 0].numpy()
    np.testing.assert_allclose(found, sample(image, x, y, flag), atol=off)


def test_steps_and_places_are_the_pipelines() -> None:
    x = RANDOM.uniform(-1, 2, 50).astype(np.float32)
    step = sampling.smoothstep(torch.from_numpy(x), 0.1, 0.9).numpy()
    np.testing.assert_allclose(step, smoothstep(x, 0.1, 0.9), atol=1e-6)
    scale = torch.tensor(float(texture.TEXTURE_SCALE))
    np.testing.assert_array_equal(sampling.to_texture(torch.from_numpy(x), scale).numpy(), texture.to_texture(x))
