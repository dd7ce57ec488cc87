"""The conversion of a graph to fp16, but for the parts whose precision is seen in the picture.

Inputs and outputs stay fp32. Positions, the softmax over motions, GridSample (whose CUDA kernel for volumes knows
nothing else) and the picture's last steps stay as well; casts stand where the two meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from weights.errors import ConversionFailed

FP32_MODULES: Final = frozenset(
    {"shifts", "heatmaps", "hats_across", "hats_inward", "deformation", "sampler", "picture"}
)
"""Names of the modules that stay fp32, as they stand in a node's name."""

_NUMBER: Final = re.compile(r"_\d+$")
_LARGEST: Final = float(np.finfo(np.float16).max)
_DATA_ONLY: Final = {"Resize": 1}  # operator → how many of its inputs follow the type of its data
_SUFFIX: Final[dict[int, str]] = {TensorProto.FLOAT: "fp32", TensorProto.FLOAT16: "fp16"}


def to_fp16(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """Halve the weights and activations of a model; `name` is for errors.

    Raises ConversionFailed when a weight does not fit into fp16.
    """
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    _constants_to_initializers(model.graph)
    graph = _Halver(model.graph, name)
    nodes = [node for old in model.graph.node for node in graph.convert(old)]
    nodes += graph.cast_outputs()
    del model.graph.node[:], model.graph.initializer[:], model.graph.value_info[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(graph.initializers.values())
    onnx.checker.check_model(model, full_check=True)
    return model


class _Halver:
    """Converts the nodes in their order, and keeps of every value whether it is fp32 or fp16 by now."""

    def __init__(self, graph: onnx.GraphProto, name: str) -> None:
        self.name = name
        self.floats = {
            value.name
            for value in (*graph.value_info, *graph.input, *graph.output)
            if value.type.tensor_type.elem_type == TensorProto.FLOAT
        }
        self.weights = {tensor.name: tensor for tensor in graph.initializer}
        self.outputs = [value.name for value in graph.output if value.name in self.floats]
        self.initializers: dict[str, TensorProto] = {}
        self.kinds: dict[str, int] = {value.name: TensorProto.FLOAT for value in graph.input}
        self.casts: dict[tuple[str, int], str] = {}
        self.renamed: dict[str, str] = {}  # outputs of the graph that are fp16 inside

    def convert(self, node: NodeProto) -> Iterator[NodeProto]:
        """The casts that a node needs, then the node itself, converted in place."""
        # the exporter numbers the second call of a module: hats_across, hats_across_1
        fp32 = bool(FP32_MODULES & {_NUMBER.sub("", part) for part in node.name.split("/")}) or node.op_type == "Cast"
        wanted = TensorProto.FLOAT if fp32 else TensorProto.FLOAT16
        typed = _DATA_ONLY.get(node.op_type, len(node.input))
        for index, name in enumerate(node.input):
            node.input[index] = value = self.renamed.get(name, name)
            kind = wanted if index < typed else TensorProto.FLOAT
            if value in self.weights:
                node.input[index] = self._weight(value, kind)
            elif value in self.floats and self.kinds[value] != kind:
                yield from self._cast(value, kind)
                node.input[index] = self.casts[value, kind]
        for index, name in enumerate(node.output):
            if wanted == TensorProto.FLOAT16 and name in self.outputs:
                self.renamed[name] = node.output[index] = f"{name}_fp16"
                self.floats.add(node.output[index])
            self.kinds[node.output[index]] = wanted
        yield node

    def cast_outputs(self) -> Iterator[NodeProto]:
        """Casts of the graph's outputs that are fp16 inside, under their old names."""
        for name, inside in self.renamed.items():
            yield helper.make_node("Cast", [inside], [name], f"{name}/Cast", to=TensorProto.FLOAT)

    def _cast(self, value: str, kind: int) -> Iterator[NodeProto]:
        """A cast of a value, where there is none yet."""
        if (value, kind) not in self.casts:
            name = f"{value}_{_SUFFIX[kind]}"
            self.casts[value, kind] = name
            yield helper.make_node("Cast", [value], [name], f"{name}/Cast", to=kind)

    def _weight(self, name: str, kind: int) -> str:
        """The name of a weight in a precision. Raises ConversionFailed."""
        tensor = self.weights[name]
        if tensor.data_type != TensorProto.FLOAT or kind == TensorProto.FLOAT:
            self.initializers[name] = tensor
            return name
        half = f"{name}_fp16"
        if half not in self.initializers:
            values = numpy_helper.to_array(tensor)
            if not np.all(np.abs(values) <= _LARGEST):
                raise ConversionFailed(self.name, f"weight {name} is not finite or too large for fp16")
            self.initializers[half] = numpy_helper.from_array(values.astype(np.float16), half)
        return half


def _constants_to_initializers(graph: onnx.GraphProto) -> None:
    """Turn constants into weights, which are converted for each of their readers."""
    constants = [node for node in graph.node if node.op_type == "Constant"]
    for node in constants:
        tensor = TensorProto()
        tensor.CopyFrom(next(a.t for a in node.attribute if a.name == "value"))
        tensor.name = node.output[0]
        graph.initializer.append(tensor)
    others = [node for node in graph.node if node.op_type != "Constant"]
    del graph.node[:]
    graph.node.extend(others)
