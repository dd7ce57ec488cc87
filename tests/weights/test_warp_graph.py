"""The exported warp graph fits the pipeline, and the committed file is what the exporter makes."""

from __future__ import annotations

import onnx
import pytest

from pipeline.animate.warp import displacement as pipeline_field
from pipeline.animate.warp import expression, shading
from pipeline.motion import channels
from weights.convert.warp import interface
from weights.manifest import load_manifest
from weights.store import WeightStore


def committed() -> onnx.ModelProto:
    manifest = load_manifest()
    return onnx.load(manifest.folder / manifest.model("warp_render").files[0])


def test_both_sides_mean_the_same_by_each_place() -> None:
    assert interface.CHANNELS == channels.CHANNELS
    assert interface.EXPRESSIONS == expression.EXPRESSIONS
    assert interface.SHADES == shading.SHADES


def test_the_file_has_the_declared_inputs() -> None:
    found = {
        value.name: tuple(axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim)
        for value in committed().graph.input
    }
    assert found == dict(interface.AXES)


def test_the_file_tells_nothing_of_the_machine_it_was_made_on() -> None:
    model = committed()
    assert not any(node.doc_string or node.metadata_props for node in model.graph.node)
    assert b"/" not in b"".join(name.encode() for node in model.graph.node for name in node.input if "/tmp" in name)


def test_the_exporter_makes_the_committed_file(tmp_path: object) -> None:
    """Byte by byte, twice. Needs torch: pip install '.[export]'."""
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")
    from weights.convert import warp_graph  # noqa: PLC0415  (imports torch)
    from weights.convert.warp import field  # noqa: PLC0415

    assert field.ITERATIONS == pipeline_field.ITERATIONS
    data = warp_graph.export()
    assert data == warp_graph.export()
    assert data == WeightStore().path("warp_render").read_bytes()
