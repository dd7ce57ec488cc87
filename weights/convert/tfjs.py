"""The conversion of TensorFlow.js graph models: the operators that @vladmandic/human's face models use."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weights.convert.onnx_builder import OnnxBuilder, Padding, Port, UnsupportedModelError, Value
from weights.convert.tfjs_weights import Tensors, read_weights


@dataclass(frozen=True, slots=True)
class Node:
    """One operator of a graph."""

    name: str
    """Its name, by which others refer to its output."""
    kind: str
    """TensorFlow's name of the operator."""
    inputs: list[str]
    """Names of nodes, without their `:0`."""
    attributes: Mapping[str, Any]
    """Its attributes as the JSON has them."""

    def text(self, key: str) -> str:
        """An attribute that is a text."""
        return base64.b64decode(self.attributes[key]["s"]).decode()

    def texts(self, key: str) -> list[str]:
        """An attribute that is a list of texts; empty where it is absent."""
        return [base64.b64decode(item).decode() for item in self._list(key).get("s", [])]

    def window(self, key: str) -> list[int]:
        """Height and width of a `[1, h, w, 1]` attribute; 1, 1 where it is absent."""
        return [int(item) for item in self._list(key).get("i", [1, 1, 1, 1])][1:3]

    def flag(self, key: str) -> bool:
        """An attribute that is true or false; false where it is absent."""
        return bool(self.attributes.get(key, {}).get("b", False))

    @property
    def padding(self) -> Padding:
        """The padding of a convolution or pooling. Raises UnsupportedModelError for an unknown one."""
        match self.text("padding"):
            case "SAME":
                return "SAME"
            case "VALID":
                return "VALID"
            case other:
                raise UnsupportedModelError(f"padding {other} is not known")

    def _list(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.attributes.get(key, {}).get("list", {})
        return found


@dataclass(frozen=True, slots=True)
class Net:
    """The graph under conversion."""

    builder: OnnxBuilder
    """The ONNX graph so far."""
    tensors: Tensors
    """Constants by the name of their node."""
    values: dict[str, Value]
    """Node's name → its converted output, of all nodes so far."""


def convert(files: Mapping[str, bytes]) -> bytes:
    """Convert a model. Shapes are NHWC; a free batch is called N.

    Outputs keep their names, `/` written `_`, with `_o` after them: a name may be an input's too.

    Args:
        files: One model .json and its .bin, by path.

    Returns:
        The ONNX file.

    Raises:
        UnsupportedModelError: It uses something that is not known here.
    """
    document = json.loads(next(data for path, data in files.items() if path.endswith(".json")))
    net = Net(OnnxBuilder(), read_weights(document["weightsManifest"], files), {})
    inputs: list[Port] = []
    for entry in document["modelTopology"]["node"]:
        names = [_base(name) for name in entry.get("input", [])]
        node = Node(entry["name"], entry["op"], names, entry.get("attr", {}))
        if node.kind == "Placeholder":
            shape = _shape(node.attributes["shape"]["shape"])
            inputs.append(Port(node.name, shape))
            net.values[node.name] = Value(net.builder.nchw(node.name), True)
        elif node.kind != "Const":
            if node.kind not in _HANDLERS:
                raise UnsupportedModelError(f"tfjs operator {node.kind} is not known")
            net.values[node.name] = _HANDLERS[node.kind](net, node)
    signature = document.get("signature") or document["userDefinedMetadata"]["signature"]
    batch = inputs[0].shape[:1]
    outputs = []
    for name, info in signature["outputs"].items():
        shape = [*batch, *_shape(info["tensorShape"])[1:]]
        port = Port(name.replace(":0", "").replace("/", "_") + "_o", shape)
        outputs.append((net.builder.plain(net.values[_base(info["name"])]), port))
    return net.builder.serialize(inputs, outputs)


def _convolution(net: Net, node: Node) -> Value:
    depthwise = "Depthwise" in node.kind
    weight = net.tensors[node.inputs[1]]
    fused = node.texts("fused_ops")
    if depthwise:  # (kh, kw, in, multiplier)
        kernel = weight.transpose(2, 3, 0, 1).reshape(-1, 1, *weight.shape[:2])
    else:
        kernel = weight.transpose(3, 2, 0, 1)
    y = net.builder.conv(
        net.values[node.inputs[0]].name,
        kernel,
        net.tensors[node.inputs[2]] if "BiasAdd" in fused else None,
        strides=node.window("strides"),
        dilations=node.window("dilations"),
        padding=node.padding,
        group=weight.shape[2] if depthwise else 1,
    )
    return Value(_fused_activations(net, y, fused), True)


def _matmul(net: Net, node: Node) -> Value:
    fused = node.texts("fused_ops")
    if node.flag("transpose_a") or node.flag("transpose_b") or fused[:1] != ["BiasAdd"]:
        raise UnsupportedModelError("only a plain matrix product with a bias is known")
    weight, bias = (net.builder.constant(net.tensors[name]) for name in node.inputs[1:3])
    y = net.builder.op("MatMul", [net.values[node.inputs[0]].name, weight])
    return Value(_fused_activations(net, net.builder.op("Add", [y, bias]), fused), False)


def _fused_activations(net: Net, y: str, fused: list[str]) -> str:
    for kind in fused:
        if kind != "BiasAdd":
            y = net.builder.activation(y, kind)
    return y


def _elementwise(net: Net, node: Node) -> Value:
    kind = {"AddV2": "Add", "Minimum": "Min", "Maximum": "Max"}.get(node.kind, node.kind)
    picture = any(net.values[name].channels_first for name in node.inputs if name in net.values)
    names = []
    for name in node.inputs:
        if name in net.values:
            names.append(net.values[name].name)
        else:
            names.append(net.builder.constant(_broadcastable(net.tensors[name], picture)))
    return Value(net.builder.op(kind, names), picture)


def _broadcastable(constant: NDArray[Any], picture: bool) -> NDArray[Any]:
    """A number or one value a channel, shaped to meet NCHW when it meets a picture."""
    if constant.size not in (1, constant.shape[-1] if constant.ndim else 1):
        raise UnsupportedModelError(f"a constant of shape {constant.shape} can't be broadcast")
    return constant.reshape(-1, 1, 1) if picture and constant.size > 1 else constant


def _activation(net: Net, node: Node) -> Value:
    x = net.values[node.inputs[0]]
    return Value(net.builder.activation(x.name, node.kind), x.channels_first)


def _sigmoid(net: Net, node: Node) -> Value:
    x = net.values[node.inputs[0]]
    return Value(net.builder.op("Sigmoid", [x.name]), x.channels_first)


def _softmax(net: Net, node: Node) -> Value:
    x = net.values[node.inputs[0]]
    return Value(net.builder.op("Softmax", [x.name], axis=1 if x.channels_first else -1), x.channels_first)


def _max_pool(net: Net, node: Node) -> Value:
    x = net.values[node.inputs[0]].name
    y = net.builder.pool("MaxPool", x, node.window("ksize"), node.window("strides"), node.padding)
    return Value(y, True)


def _mean(net: Net, node: Node) -> Value:
    if sorted(np.ravel(net.tensors[node.inputs[1]]).tolist()) != [1, 2]:
        raise UnsupportedModelError("only a mean over height and width is known")
    y = net.builder.op("GlobalAveragePool", [net.values[node.inputs[0]].name])
    return Value(y, True) if node.flag("keep_dims") else Value(net.builder.op("Flatten", [y]), False)


def _pad(net: Net, node: Node) -> Value:
    return Value(net.builder.pad(net.values[node.inputs[0]].name, net.tensors[node.inputs[1]]), True)


def _reshape(net: Net, node: Node) -> Value:
    x = net.builder.plain(net.values[node.inputs[0]])
    return Value(net.builder.op("Reshape", [x, net.builder.integers(net.tensors[node.inputs[1]])]), False)


def _identity(net: Net, node: Node) -> Value:
    return net.values[node.inputs[0]]


def _base(name: str) -> str:
    return name.partition(":")[0]


def _shape(entry: Mapping[str, Any]) -> list[int | str]:
    sizes = [int(dim["size"]) for dim in entry["dim"]]
    return ["N" if size < 0 else size for size in sizes]


_HANDLERS: dict[str, Callable[[Net, Node], Value]] = {
    **dict.fromkeys(["_FusedConv2D", "Conv2D", "DepthwiseConv2dNative"], _convolution),
    **dict.fromkeys(["Add", "AddV2", "Mul", "Minimum", "Maximum"], _elementwise),
    "_FusedMatMul": _matmul,
    "Relu": _activation,
    "Sigmoid": _sigmoid,
    "Softmax": _softmax,
    "MaxPool": _max_pool,
    "Mean": _mean,
    "Pad": _pad,
    "Reshape": _reshape,
    "Identity": _identity,
}
