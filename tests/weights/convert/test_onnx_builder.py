"""The builder of graphs: what it adds computes what it says, and a broken graph is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.weights.convert.run_graph import run_graph
from weights.convert.onnx_builder import OnnxBuilder, Port, UnsupportedModelError, Value


def test_a_graph_with_a_loose_end_is_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="onnx refuses"):
        OnnxBuilder().serialize([], [("nothing", Port("y", [1]))])


def test_a_picture_is_padded_in_tensorflows_order() -> None:
    b = OnnxBuilder()
    padded = b.nhwc(b.pad(b.nchw("x"), np.array([[0, 0], [1, 0], [0, 2], [0, 0]])))
    model = b.serialize([Port("x", [1, 2, 2, 1])], [(padded, Port("y", [1, 3, 4, 1]))])
    (y,) = run_graph(model, x=np.ones((1, 2, 2, 1), np.float32))
    assert y[0, :, :, 0].tolist() == [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]]


def test_activations_go_by_either_name() -> None:
    b = OnnxBuilder()
    assert b.activation("x", "NONE") == "x"
    relu, relu6 = b.activation("x", "Relu"), b.activation("x", "RELU6")
    ports = [(relu, Port("relu", [3])), (relu6, Port("relu6", [3]))]
    found = run_graph(b.serialize([Port("x", [3])], ports), x=np.array([-1, 3, 9], np.float32))
    assert [values.tolist() for values in found] == [[0, 3, 9], [0, 3, 6]]
    with pytest.raises(UnsupportedModelError, match="activation Elu"):
        b.activation("x", "Elu")


def test_a_value_comes_back_in_its_own_order() -> None:
    b = OnnxBuilder()
    assert b.plain(Value("x", channels_first=False)) == "x"
    back = b.plain(Value(b.nchw("x"), channels_first=True))
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    (y,) = run_graph(b.serialize([Port("x", [1, 2, 3, 4])], [(back, Port("y", [1, 2, 3, 4]))]), x=x)
    np.testing.assert_array_equal(y, x)
