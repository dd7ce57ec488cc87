"""The conversion of TFLite models: the operators that MediaPipe's face and person models use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tflite
from flatbuffers import flexbuffers
from numpy.typing import ArrayLike, NDArray

from weights.convert import attention
from weights.convert.onnx_builder import OnnxBuilder, Padding, Port, UnsupportedModelError, Value
from weights.convert.tflite_reader import Graph, Operator, read_graph

_ACTIVATIONS = {
    tflite.ActivationFunctionType.NONE: "NONE",
    tflite.ActivationFunctionType.RELU: "RELU",
    tflite.ActivationFunctionType.RELU6: "RELU6",
}


@dataclass(slots=True)
class Net:
    """The graph under conversion."""

    graph: Graph
    """The TFLite graph."""
    constants: dict[int, NDArray[Any]]
    """Tensor's index → its constant value, of all tensors so far."""
    builder: OnnxBuilder = field(default_factory=OnnxBuilder)
    """The ONNX graph so far."""
    values: dict[int, Value] = field(default_factory=dict)
    """Tensor's index → its converted value, of all tensors so far."""

    def picture(self, index: int) -> str:
        """The name of a 4-D value in NCHW."""
        value = self.values[index]
        if not value.channels_first:
            value = self.values[index] = Value(self.builder.nchw(value.name), True)
        return value.name

    def plain(self, index: int) -> str:
        """The name of a value or a constant in TFLite's own order of axes."""
        if index in self.constants:
            return self.builder.constant(self.constants[index])
        return self.builder.plain(self.values[index])

    def channel_constant(self, values: ArrayLike) -> str:
        """A constant whose last axis is the channel, shaped to meet NCHW."""
        array = np.asarray(values, np.float32)
        if array.size > 1:
            is_vector = array.size == array.shape[-1]
            full = array.reshape((1,) * (4 - array.ndim) + array.shape)
            array = array.reshape(-1, 1, 1) if is_vector else full.transpose(0, 3, 1, 2)
        return self.builder.constant(array)

    def activate(self, x: str, function: int) -> str:
        """Add a fused activation. Raises UnsupportedModelError for an unknown one."""
        if function not in _ACTIVATIONS:
            raise UnsupportedModelError(f"TFLite activation {function} is not known")
        return self.builder.activation(x, _ACTIVATIONS[function])


def convert(files: Mapping[str, bytes]) -> bytes:
    """Convert a model. Inputs get `in_` before their names, outputs keep theirs; NHWC.

    Args:
        files: One .tflite by its path.

    Returns:
        The ONNX file.

    Raises:
        UnsupportedModelError: It uses something that is not known here.
    """
    (data,) = files.values()
    graph, inputs = read_graph(data), []
    net = Net(graph, dict(graph.constants))
    for index in graph.inputs:
        port = Port(f"in_{graph.names[index]}", graph.shapes[index])
        inputs.append(port)
        net.values[index] = Value(port.name, False)
    for operator in graph.operators:
        if operator.kind not in _HANDLERS:
            raise UnsupportedModelError(f"TFLite operator {operator.kind} is not known")
        value = _HANDLERS[operator.kind](net, operator)
        if value is not None:
            net.values[operator.outputs[0]] = value
    outputs = [(net.plain(index), Port(graph.names[index], graph.shapes[index])) for index in graph.outputs]
    return net.builder.serialize(inputs, outputs)


def _expand(net: Net, op: Operator) -> None:
    """DENSIFY and DEQUANTIZE of constants; sparse ones were expanded when read, half precision is expanded here."""
    net.constants[op.outputs[0]] = net.constants[op.inputs[0]].astype(np.float32)


def _convolution(net: Net, op: Operator) -> Value:
    depthwise = op.kind == "DEPTHWISE_CONV_2D"
    options = op.options(tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
    weight = net.constants[op.inputs[1]].astype(np.float32)
    y = net.builder.conv(
        net.picture(op.inputs[0]),
        weight.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2)),
        _bias(net, op),
        strides=(options.StrideH(), options.StrideW()),
        dilations=(options.DilationHFactor(), options.DilationWFactor()),
        padding=_padding(options.Padding()),
        group=net.graph.shapes[op.inputs[0]][3] if depthwise else 1,
    )
    return Value(net.activate(y, options.FusedActivationFunction()), True)


def _bias(net: Net, op: Operator) -> NDArray[np.float32] | None:
    present = len(op.inputs) > 2 and op.inputs[2] >= 0
    return net.constants[op.inputs[2]].astype(np.float32) if present else None


def _elementwise(net: Net, op: Operator) -> Value:
    is_sum = op.kind == "ADD"
    options = op.options(tflite.AddOptions if is_sum else tflite.MulOptions)
    picture, constants = len(net.graph.shapes[op.outputs[0]]) == 4, net.constants
    if picture:
        names = [net.channel_constant(constants[i]) if i in constants else net.picture(i) for i in op.inputs]
    else:
        names = [net.plain(i) for i in op.inputs]
    y = net.builder.op("Add" if is_sum else "Mul", names)
    return Value(net.activate(y, options.FusedActivationFunction()), picture)


def _prelu(net: Net, op: Operator) -> Value:
    slope = net.channel_constant(net.constants[op.inputs[1]])
    return Value(net.builder.op("PRelu", [net.picture(op.inputs[0]), slope]), True)


def _activation(net: Net, op: Operator) -> Value:
    kind = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "HARD_SWISH": "HardSwish"}[op.kind]
    picture = len(net.graph.shapes[op.inputs[0]]) == 4
    x = net.picture(op.inputs[0]) if picture else net.plain(op.inputs[0])
    return Value(net.builder.op(kind, [x]), picture)


def _pool(net: Net, op: Operator) -> Value:
    options = op.options(tflite.Pool2DOptions)
    kind = "MaxPool" if op.kind == "MAX_POOL_2D" else "AveragePool"
    size, strides = (options.FilterHeight(), options.FilterWidth()), (options.StrideH(), options.StrideW())
    y = net.builder.pool(kind, net.picture(op.inputs[0]), size, strides, _padding(options.Padding()))
    return Value(net.activate(y, options.FusedActivationFunction()), True)


def _pad(net: Net, op: Operator) -> Value:
    return Value(net.builder.pad(net.picture(op.inputs[0]), net.constants[op.inputs[1]]), True)


def _resize(net: Net, op: Operator) -> Value:
    options = op.options(tflite.ResizeBilinearOptions)
    half_pixel = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
    n, h, w, c = net.graph.shapes[op.outputs[0]]
    y = net.builder.op(
        "Resize",
        [net.picture(op.inputs[0]), "", "", net.builder.integers([n, c, h, w])],
        mode="linear",
        coordinate_transformation_mode="align_corners" if options.AlignCorners() else half_pixel,
    )
    return Value(y, True)


def _depth_to_space(net: Net, op: Operator) -> Value:
    size = op.options(tflite.DepthToSpaceOptions).BlockSize()
    x = net.picture(op.inputs[0])
    return Value(net.builder.op("DepthToSpace", [x], blocksize=size, mode="DCR"), True)


def _reshape(net: Net, op: Operator) -> Value:
    shape = net.builder.integers(net.graph.shapes[op.outputs[0]])
    return Value(net.builder.op("Reshape", [net.plain(op.inputs[0]), shape]), False)


def _whole_slice(net: Net, op: Operator) -> Value:
    if net.graph.shapes[op.outputs[0]] != net.graph.shapes[op.inputs[0]]:
        raise UnsupportedModelError("only a slice that keeps everything is known")
    return net.values[op.inputs[0]]


def _transposed_convolution(net: Net, op: Operator) -> Value:
    """MediaPipe's Convolution2DTransposeBias; options, int32: padding, stride across, stride down."""
    _, across, down = np.frombuffer(op.custom, "<i4").tolist()
    kernel = net.constants[op.inputs[1]].astype(np.float32).transpose(3, 0, 1, 2)
    if kernel.shape[2:] != (down, across):  # with strides as wide as the kernel, SAME and VALID are one
        raise UnsupportedModelError("only a transposed convolution without overlap is known")
    inputs = [net.picture(op.inputs[0]), net.builder.constant(kernel), net.plain(op.inputs[2])]
    return Value(net.builder.op("ConvTranspose", inputs, strides=[down, across]), True)


def _landmarks_to_transform(net: Net, op: Operator) -> Value:
    region = attention.Region.from_options(flexbuffers.Loads(op.custom))
    return Value(attention.landmarks_to_transform(net.builder, net.plain(op.inputs[0]), region), False)


def _transform_tensor(net: Net, op: Operator) -> Value:
    options = flexbuffers.Loads(op.custom)
    size = (options["output_height"], options["output_width"])
    _, height, width, _ = net.graph.shapes[op.inputs[0]]
    picture, matrix = net.picture(op.inputs[0]), net.plain(op.inputs[1])
    return Value(attention.transform_tensor(net.builder, picture, matrix, (height, width), size), True)


def _transform_landmarks(net: Net, op: Operator) -> Value:
    points, matrix = net.plain(op.inputs[0]), net.plain(op.inputs[1])
    return Value(attention.transform_landmarks(net.builder, points, matrix), False)


def _concatenate(net: Net, op: Operator) -> Value:
    options = op.options(tflite.ConcatenationOptions)
    names = [net.plain(index) for index in op.inputs]
    y = net.builder.op("Concat", names, axis=options.Axis())
    return Value(net.activate(y, options.FusedActivationFunction()), False)


def _mean(net: Net, op: Operator) -> Value:
    """The mean over axes of TFLite's own order."""
    axes = np.atleast_1d(net.constants[op.inputs[1]]).tolist()
    keep = int(op.options(tflite.ReducerOptions).KeepDims())
    return Value(net.builder.op("ReduceMean", [net.plain(op.inputs[0])], axes=axes, keepdims=keep), False)


def _fully_connected(net: Net, op: Operator) -> Value:
    options = op.options(tflite.FullyConnectedOptions)
    weight = net.builder.constant(net.constants[op.inputs[1]].astype(np.float32).T)
    y = net.builder.op("MatMul", [net.plain(op.inputs[0]), weight])
    bias = _bias(net, op)
    if bias is not None:
        y = net.builder.op("Add", [y, net.builder.constant(bias)])
    return Value(net.activate(y, options.FusedActivationFunction()), False)


def _padding(code: int) -> Padding:
    return "SAME" if code == tflite.Padding.SAME else "VALID"


_HANDLERS: dict[str, Callable[[Net, Operator], Value | None]] = {
    **dict.fromkeys(["DENSIFY", "DEQUANTIZE"], _expand),
    **dict.fromkeys(["CONV_2D", "DEPTHWISE_CONV_2D"], _convolution),
    **dict.fromkeys(["ADD", "MUL"], _elementwise),
    **dict.fromkeys(["RELU", "LOGISTIC", "HARD_SWISH"], _activation),
    **dict.fromkeys(["MAX_POOL_2D", "AVERAGE_POOL_2D"], _pool),
    "PRELU": _prelu,
    "PAD": _pad,
    "RESIZE_BILINEAR": _resize,
    "DEPTH_TO_SPACE": _depth_to_space,
    "CONCATENATION": _concatenate,
    "MEAN": _mean,
    "FULLY_CONNECTED": _fully_connected,
    "RESHAPE": _reshape,
    "STRIDED_SLICE": _whole_slice,
    "Convolution2DTransposeBias": _transposed_convolution,
    "Landmarks2TransformMatrix": _landmarks_to_transform,
    "TransformTensorBilinear": _transform_tensor,
    "TransformLandmarks": _transform_landmarks,
}
