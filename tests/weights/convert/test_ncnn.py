"""Nets of ncnn: a small one made by hand computes what its layers say."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.weights.convert.run_graph import run_graph
from weights.convert import ncnn
from weights.convert.onnx_builder import UnsupportedModelError

RANDOM = np.random.default_rng(11)
FIRST = RANDOM.normal(size=(2, 3, 3, 3)).astype(np.float16)
FIRST_BIAS = RANDOM.normal(size=2).astype(np.float32)
LAST = RANDOM.normal(size=(3, 4, 1, 1)).astype(np.float32)
PARAM = f"""7767517
8 10
Input       in     0 1 data
Convolution one    1 1 data a 0=2 1=3 4=1 5=1 6={FIRST.size} 9=2 -23310=1,2.000000e-01
Split       split  1 3 a a0 a1 a2
Eltwise     sum    2 1 a0 a1 b 0=1 -23301=2,5.000000e-01,1.000000e+00
BinaryOp    add    2 1 b a2 c 0=0
Concat      join   2 1 c b d
Interp      large  1 1 d e 0=1 1=2.000000e+00 2=2.000000e+00
Convolution two    1 1 e output 0=3 1=1 5=0 6={LAST.size}
"""


def weights(*, tag: int = 0x01306B47, more: bytes = b"") -> bytes:
    halves = FIRST.tobytes()
    first = struct.pack("<I", tag) + halves + b"\0" * (-(4 + len(halves)) % 4)
    return first + FIRST_BIAS.tobytes() + struct.pack("<I", 0) + LAST.tobytes() + more


def convert(param: str = PARAM, data: bytes | None = None) -> bytes:
    return ncnn.convert({"net.param": param.encode(), "net.bin": weights() if data is None else data})


def expected(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """(3, h, w) → (3, 2 h, 2 w)."""
    padded = np.pad(image.astype(np.float64), ((0, 0), (1, 1), (1, 1)))
    _, height, width = image.shape
    a = np.empty((2, height, width))
    for y in range(height):
        for x in range(width):
            a[:, y, x] = (FIRST * padded[:, y : y + 3, x : x + 3]).sum((1, 2, 3)) + FIRST_BIAS
    a = np.where(a > 0, a, 0.2 * a)
    b = 0.5 * a + a
    joined = np.concatenate([b + a, b]).repeat(2, 1).repeat(2, 2)
    return np.einsum("oi,ihw->ohw", LAST[:, :, 0, 0], joined)


def test_a_net_of_every_layer_computes_what_its_layers_say() -> None:
    image = RANDOM.normal(size=(3, 5, 4)).astype(np.float32)
    (found,) = run_graph(convert(), image=image[None])
    assert found.shape == (1, 3, 10, 8)
    np.testing.assert_allclose(found[0], expected(image), atol=1e-4)


def test_its_bytes_are_always_the_same() -> None:
    assert convert() == convert()


@pytest.mark.parametrize(
    ("param", "data"),
    [
        (PARAM.replace("7767517", "7767518"), None),
        (PARAM.replace("Concat", "Pooling"), None),
        (PARAM.replace("9=2", "9=3"), None),
        (PARAM.replace("4=1", "4=0"), None),
        (PARAM.replace("0=1 1=2.0", "0=2 1=2.0"), None),
        (PARAM, weights(tag=0x000D4B38)),
        (PARAM, weights(more=b"\0\0\0\0")),
        (PARAM, weights()[:-4]),
    ],
)
def test_what_is_not_known_is_refused(param: str, data: bytes | None) -> None:
    with pytest.raises(UnsupportedModelError):
        convert(param, data)
