"""Values under conversion: their order of axes, their constants, and what is not known."""

from __future__ import annotations

import numpy as np
import pytest
import tflite

from tests.weights.convert.run_graph import run_graph
from weights.convert.onnx_builder import Port, UnsupportedModelError, Value
from weights.convert.tflite import Net
from weights.convert.tflite_reader import Graph


@pytest.fixture
def net() -> Net:
    """Tensor 0 is a picture `x` (1, 2, 2, 3), tensor 1 a constant."""
    graph = Graph(["x", "c"], [[1, 2, 2, 3], [3]], {}, [], [0], [])
    found = Net(graph, {1: np.array([1, 2, 3], np.float32)})
    found.values[0] = Value("x", channels_first=False)
    return found


def test_a_picture_is_turned_once_and_back(net: Net) -> None:
    first, second = net.picture(0), net.picture(0)
    assert first == second != "x"
    model = net.builder.serialize([Port("x", [1, 2, 2, 3])], [(net.plain(0), Port("y", [1, 2, 2, 3]))])
    x = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)
    (y,) = run_graph(model, x=x)
    np.testing.assert_array_equal(y, x)


def test_a_constant_of_channels_meets_a_picture(net: Net) -> None:
    y = net.builder.op("Mul", [net.picture(0), net.channel_constant(net.constants[1])])
    one = net.channel_constant([2.0])
    model = net.builder.serialize(
        [Port("x", [1, 2, 2, 3])], [(net.builder.nhwc(net.builder.op("Mul", [y, one])), Port("y", [1, 2, 2, 3]))]
    )
    (found,) = run_graph(model, x=np.ones((1, 2, 2, 3), np.float32))
    np.testing.assert_array_equal(found[0, 0, 0], (2, 4, 6))


def test_a_constant_is_itself_where_no_picture_is_met(net: Net) -> None:
    model = net.builder.serialize([], [(net.plain(1), Port("y", [3]))])
    assert run_graph(model)[0].tolist() == [1, 2, 3]


def test_an_unknown_activation_is_refused(net: Net) -> None:
    assert net.activate("x", tflite.ActivationFunctionType.NONE) == "x"
    with pytest.raises(UnsupportedModelError, match="activation"):
        net.activate("x", tflite.ActivationFunctionType.TANH)
