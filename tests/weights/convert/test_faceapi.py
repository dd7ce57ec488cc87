"""A block of the nets that are written out by hand, against the same in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.weights.convert.run_graph import run_graph
from weights.convert import faceapi
from weights.convert.onnx_builder import OnnxBuilder, Port


def test_padding_and_channels_that_a_residual_block_lacks() -> None:
    """The recognition net's halving block: 5×5×2 → 2×2×3, both branches brought to the wider one's shape."""
    rng = np.random.default_rng(3)
    net = object.__new__(faceapi._Net)
    net.builder, net.weights = OnnxBuilder(), {}
    for conv, channels in (("conv1", 2), ("conv2", 3)):
        weights = {
            "conv/filters": rng.normal(size=(3, 3, channels, 3)),
            "conv/bias": rng.normal(size=3),
            "scale/weights": rng.normal(size=3),
            "scale/biases": rng.normal(size=3),
        }
        net.weights |= {f"down/{conv}/{key}": value.astype(np.float32) for key, value in weights.items()}
    out = faceapi._recognition_down(net, "down", "x", 5)
    model = net.builder.serialize([Port("x", [1, 2, 5, 5])], [(out, Port("y", [1, 3, 2, 2]))])
    x = rng.normal(size=(1, 2, 5, 5)).astype(np.float32)
    (y,) = run_graph(model, x=x)

    def conv(name: str, x: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
        w = {key: net.weights[f"down/{name}/{key}"] for key in ("conv/filters", "conv/bias")}
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))[:, :, ::stride, ::stride]
        y = np.einsum("nihwkl,klio->nohw", windows, w["conv/filters"]) + w["conv/bias"][:, None, None]
        scale, shift = (net.weights[f"down/{name}/scale/{key}"][:, None, None] for key in ("weights", "biases"))
        return np.asarray(y * scale + shift)

    inner = np.maximum(conv("conv1", x, 2), 0)
    branch = conv("conv2", np.pad(inner, ((0, 0), (0, 0), (1, 1), (1, 1))), 1)
    pooled = x[..., :4, :4].reshape(1, 2, 2, 2, 2, 2).mean((3, 5))
    expected = np.maximum(branch + np.pad(pooled, ((0, 0), (0, 1), (0, 0), (0, 0))), 0)
    np.testing.assert_allclose(y, expected, atol=1e-4)
