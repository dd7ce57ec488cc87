"""The committed warp graph is what the exporter makes, and tells nothing of the machine that made it."""

from __future__ import annotations

import onnx
import pytest

from pipeline.animate.warp.gpu_renderer import CURVES
from weights.convert.warp import interface
from weights.manifest import load_manifest
from weights.store import WeightStore


@pytest.fixture(scope="module")
def committed() -> onnx.ModelProto:
    manifest = load_manifest()
    return onnx.load(manifest.folder / manifest.model("warp_render").files[0])


def test_the_file_names_the_channels(committed: onnx.ModelProto) -> None:
    assert {prop.key: prop.value for prop in committed.metadata_props} == {"channels": ",".join(CURVES)}


def test_the_file_has_the_declared_inputs(committed: onnx.ModelProto) -> None:
    found = {
        value.name: tuple(axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim)
        for value in committed.graph.input
    }
    assert found == dict(interface.AXES)


def test_the_file_tells_nothing_of_the_machine_it_was_made_on(committed: onnx.ModelProto) -> None:
    assert not any(node.doc_string or node.metadata_props for node in committed.graph.node)
    assert b"/" not in b"".join(name.encode() for node in committed.graph.node for name in node.input if "/tmp" in name)


def test_the_exporter_makes_the_committed_file() -> None:
    """Byte by byte, so it makes the same each time. Needs torch: pip install '.[export]'."""
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")
    from weights.convert.warp import export  # noqa: PLC0415  (imports torch)

    assert export.export() == WeightStore().path("warp_render").read_bytes()
