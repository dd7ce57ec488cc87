"""Weights of TensorFlow.js: expanded from their bytes, and nothing is left over."""

from __future__ import annotations

import numpy as np
import pytest

from weights.convert.onnx_builder import UnsupportedModelError
from weights.convert.tfjs_weights import read_weights


def test_weights_are_expanded() -> None:
    stored = [np.array([1, -2], np.int32), np.array([0, 128, 255], np.uint8), np.array([0.5], np.float16)]
    entries = [
        {"name": "axes", "shape": [2], "dtype": "int32"},
        {
            "name": "q8",
            "shape": [3],
            "dtype": "float32",
            "quantization": {"dtype": "uint8", "scale": 0.5, "min": -64},
        },
        {"name": "q16", "shape": [], "dtype": "float32", "quantization": {"dtype": "float16"}},
    ]
    groups = [{"paths": ["a.bin"], "weights": entries}]
    tensors = read_weights(groups, {"models/a.bin": b"".join(array.tobytes() for array in stored)})
    assert tensors["axes"].tolist() == [1, -2]
    assert tensors["q8"].tolist() == [-64, 0, 63.5] and tensors["q8"].dtype == np.float32
    assert tensors["q16"].tolist() == 0.5 and tensors["q16"].dtype == np.float32


def test_weights_must_fill_their_file() -> None:
    entries = [{"name": "a", "shape": [1], "dtype": "float32"}]
    with pytest.raises(UnsupportedModelError, match="4 bytes of 5"):
        read_weights([{"paths": ["a.bin"], "weights": entries}], {"a.bin": b"12345"})
    entries[0]["dtype"] = "complex64"
    with pytest.raises(UnsupportedModelError, match="complex64"):
        read_weights([{"paths": ["a.bin"], "weights": entries}], {"a.bin": b"12345678"})
