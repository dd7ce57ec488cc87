"""A builder of one ONNX graph, node by node. Pictures are NCHW inside; converters transpose at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import ArrayLike, DTypeLike, NDArray
from onnx import TensorProto, helper, numpy_helper

# fixed, so that the bytes of a model don't depend on which onnx is installed
_IR_VERSION = 8
_OPSET = 17

Padding = Literal["SAME", "VALID"]
Shape = Sequence[int | str]


class UnsupportedModelError(ValueError):
    """The converters don't know something that this model uses."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor of the graph."""

    name: str
    """Its name."""
    channels_first: bool
    """Whether it is a 4-D picture in NCHW; else its axes are in the source's own order."""


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of the graph, float32."""

    name: str
    """Its name."""
    shape: Shape
    """Its sizes; a free axis has a name."""


class OnnxBuilder:
    """Collects nodes and constants, then serializes. A method that adds a node returns its output's name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._count = 0

    def constant(self, values: ArrayLike, dtype: DTypeLike = np.float32) -> str:
        """Add a constant of any shape."""
        name = self._fresh("c")
        array: NDArray[Any] = np.ascontiguousarray(np.asarray(values, dtype)).reshape(np.shape(values))
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def integers(self, values: ArrayLike) -> str:
        """Add an int64 constant: shapes, axes, pads."""
        return self.constant(values, np.int64)

    def op(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node with one output."""
        return self.ops(kind, inputs, 1, **attributes)[0]

    def ops(self, kind: str, inputs: Sequence[str], outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs."""
        names = [self._fresh("t") for _ in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def nchw(self, x: str) -> str:
        """NHWC → NCHW."""
        return self.op("Transpose", [x], perm=[0, 3, 1, 2])

    def nhwc(self, x: str) -> str:
        """NCHW → NHWC."""
        return self.op("Transpose", [x], perm=[0, 2, 3, 1])

    def plain(self, value: Value) -> str:
        """The name of the value in the source's own order of axes."""
        return self.nhwc(value.name) if value.channels_first else value.name

    def conv(
        self,
        x: str,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32] | None = None,
        *,
        strides: Sequence[int] = (1, 1),
        dilations: Sequence[int] = (1, 1),
        padding: Padding = "SAME",
        group: int = 1,
    ) -> str:
        """Add a convolution. `x` NCHW; `weight` (out, in / group, kh, kw); `bias` (out,). Depthwise: `group` in."""
        inputs = [x, self.constant(weight), *([] if bias is None else [self.constant(bias)])]
        return self.op(
            "Conv",
            inputs,
            strides=list(strides),
            dilations=list(dilations),
            group=group,
            kernel_shape=list(weight.shape[2:]),
            auto_pad=_auto_pad(padding),
        )

    def pool(self, kind: str, x: str, size: Sequence[int], strides: Sequence[int], padding: Padding) -> str:
        """Add a pooling, `kind` MaxPool or AveragePool; an average leaves the padding out, as TensorFlow does."""
        window = {"kernel_shape": list(size), "strides": list(strides)}
        return self.op(kind, [x], auto_pad=_auto_pad(padding), **window)

    def pad(self, x: str, pads: NDArray[np.integer[Any]]) -> str:
        """Add zeros around an NCHW picture; `pads` (4, 2): before and after, in TensorFlow's order N, H, W, C."""
        return self.op("Pad", [x, self.integers(pads[[0, 3, 1, 2]].T.ravel())])

    def clip(self, x: str, low: float, high: float) -> str:
        """Limit values to low..high."""
        return self.op("Clip", [x, self.constant(low), self.constant(high)])

    def slice(self, x: str, start: int, stop: int, axis: int) -> str:
        """Take the places start … stop - 1 of one axis."""
        return self.op("Slice", [x, self.integers([start]), self.integers([stop]), self.integers([axis])])

    def activation(self, x: str, kind: str) -> str:
        """Add an activation, `kind` in either framework's spelling. Raises UnsupportedModelError for an unknown one."""
        match kind.upper():
            case "NONE":
                return x
            case "RELU":
                return self.op("Relu", [x])
            case "RELU6":
                return self.clip(x, 0, 6)
            case _:
                raise UnsupportedModelError(f"activation {kind} is not known")

    def serialize(self, inputs: Sequence[Port], outputs: Sequence[tuple[str, Port]]) -> bytes:
        """The bytes of the checked model; `outputs` pairs values' names with ports. Raises UnsupportedModelError."""
        for name, port in outputs:
            self._nodes.append(helper.make_node("Identity", [name], [port.name]))
        entries, exits = [_info(port) for port in inputs], [_info(port) for _, port in outputs]
        graph = helper.make_graph(self._nodes, "g", entries, exits, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR_VERSION
        model.ClearField("producer_name")
        model.ClearField("producer_version")
        try:
            onnx.checker.check_model(model)
        except onnx.checker.ValidationError as error:
            raise UnsupportedModelError(f"onnx refuses the graph: {str(error).splitlines()[0]}") from error
        data: bytes = model.SerializeToString(deterministic=True)
        return data

    def _fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"


def _auto_pad(padding: Padding) -> str:
    return "SAME_UPPER" if padding == "SAME" else "VALID"


def _info(port: Port) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(port.name, TensorProto.FLOAT, list(port.shape))
