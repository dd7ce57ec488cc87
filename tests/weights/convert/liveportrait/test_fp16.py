"""Graphs in fp16: what is halved, what is not, and weights that do not fit."""

from __future__ import annotations

import re
from pathlib import Path

import onnx
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.export import build_module, export  # noqa: E402
from weights.convert.liveportrait.fp16 import to_fp16  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.errors import ConversionFailed  # noqa: E402


@pytest.mark.parametrize("form", ["5d", "4d"])
def test_the_frame_graph_has_what_its_runtime_knows(form: str, exported: dict[str, Path]) -> None:
    """No node whose result is a shape: such run on the CPU, between two on the GPU."""
    name = "liveportrait_frame_fp16" if form == "5d" else "liveportrait_frame_4d_fp16"
    graph = onnx.shape_inference.infer_shapes(onnx.load(exported[name])).graph
    ranks = {v.name: len(v.type.tensor_type.shape.dim) for v in (*graph.value_info, *graph.input)}
    kinds = {v.name: v.type.tensor_type.elem_type for v in (*graph.value_info, *graph.input)}
    samples = [node for node in graph.node if node.op_type == "GridSample"]
    assert [ranks[node.input[1]] for node in samples] == ([5] if form == "5d" else [4, 4])
    assert all(kinds[name] == onnx.TensorProto.FLOAT for node in samples for name in node.input)
    positions = [node for node in graph.node if re.search("/(shifts|hats_across|hats_inward|deformation)", node.name)]
    assert sum(node.op_type == "Relu" for node in positions) == 3  # one of each axis
    assert all(kinds.get(name) != onnx.TensorProto.FLOAT16 for node in positions for name in node.input)
    operators = {node.op_type for node in graph.node}
    assert not operators & {"Shape", "ConstantOfShape", "NonZero", "Loop", "If", "Expand", "Constant"}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    assert len(convolutions) > 70
    assert all(kinds[node.input[0]] == onnx.TensorProto.FLOAT16 for node in convolutions)


def test_too_large_a_weight_for_fp16_is_refused(nets: Nets) -> None:
    graph = export(build_module(nets, "stitch"), "stitch", nets.sizes)
    weight = next(tensor for tensor in graph.graph.initializer if tensor.name.endswith("weight"))
    values = onnx.numpy_helper.to_array(weight).copy()
    values.flat[0] = 70_000.0
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    with pytest.raises(ConversionFailed, match="too large for fp16"):
        to_fp16(graph, "liveportrait_stitch")
