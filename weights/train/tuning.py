"""Tuning: training that goes on from a network that is committed, where not all it was trained on is at hand again."""

from __future__ import annotations

from typing import Final

import numpy as np
import onnx
from onnx import numpy_helper

from weights.train.mlp import Array, Network

_CONSTANTS: Final = 4  # w1, b1, w2, b2


def read_network(model: bytes, features: Array) -> Network:
    """The network of an ONNX file that `weights.train.child.to_onnx` wrote, ready to be trained on with `features`.

    The file holds no scaling; here the features' own mean and deviation are taken out of the weights again, so that a
    step changes each of them alike. The answers stay the same.

    Args:
        model: The file.
        features: What it is to be trained on, float (n, width).

    Raises:
        ValueError: It is no such file, or of another width.
    """
    graph = onnx.load_model_from_string(model).graph
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    steps = [node for node in graph.node if node.op_type in ("MatMul", "Add")]
    found = [constants[name] for node in steps for name in node.input if name in constants]
    if len(found) != _CONSTANTS or found[0].shape[0] != features.shape[1]:
        raise ValueError("the model is no network of one hidden layer on these features")
    w1, b1, w2, b2 = (np.asarray(one, np.float32) for one in found)
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1 / (features.std(axis=0, dtype=np.float64) + 1e-3)).astype(np.float32)
    return Network(mean, scale, w1 / scale[:, None], b1 + mean @ w1, w2, b2)
