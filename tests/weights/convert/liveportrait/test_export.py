"""Each exported file has the declared inputs and outputs, and what its runtime knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.export import build_module, export  # noqa: E402
from weights.convert.liveportrait.export_check import MAX_DIFFERENCE, Reference, run  # noqa: E402
from weights.convert.liveportrait.interface import OPSETS, signatures  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.sizes import TINY  # noqa: E402
from weights.liveportrait import MODELS, PackModel  # noqa: E402


def frame_file(files: dict[str, Path], form: str) -> Path:
    return files["liveportrait_frame" if form == "5d" else "liveportrait_frame_4d"]


@pytest.mark.parametrize("model", [m for m in MODELS if m.precision == "fp32"], ids=lambda model: model.name)
def test_the_files_have_the_declared_inputs_and_outputs(model: PackModel, exported: dict[str, Path]) -> None:
    graph = onnx.load(exported[model.name])
    signature = signatures(TINY)[model.net]
    for values, declared in ((graph.graph.input, signature.inputs), (graph.graph.output, signature.outputs)):
        found = {v.name: tuple(d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim) for v in values}
        assert found == dict(declared)
    assert graph.opset_import[0].version == OPSETS[model.form]
    assert not any(node.doc_string or node.metadata_props for node in graph.graph.node)


def test_the_exporter_is_repeatable(nets: Nets, exported: dict[str, Path]) -> None:
    again = export(build_module(nets, "motion"), "motion", nets.sizes).SerializeToString(deterministic=True)
    assert again == exported["liveportrait_motion"].read_bytes()


def test_a_batch_is_the_frames_one_by_one(exported: dict[str, Path], reference: Reference) -> None:
    file, feeds = frame_file(exported, "5d"), reference.inputs["frame"]
    whole = run(file, feeds, threads=1)
    for index in range(2):
        one = run(file, {**feeds, "kp_driving": feeds["kp_driving"][index : index + 1]}, threads=1)
        np.testing.assert_allclose(one["image"][0], whole["image"][index], atol=1e-4)
    np.testing.assert_allclose(whole["frames"], whole["image"].transpose(0, 2, 3, 1) * 255, atol=0.51)
    np.testing.assert_allclose(whole["mean"], whole["image"].mean((1, 2, 3)), atol=1e-5)


@pytest.mark.parametrize("form", ["5d", "4d"])
def test_a_broken_frame_spares_the_others(form: str, exported: dict[str, Path], reference: Reference) -> None:
    feeds = dict(reference.inputs["frame"])
    feeds["kp_driving"] = feeds["kp_driving"].copy()
    feeds["kp_driving"][0, 3, 1] = np.nan
    mean = run(frame_file(exported, form), feeds, threads=1)["mean"]
    assert np.isnan(mean[0]) and np.isfinite(mean[1])


def test_the_motion_moves_the_picture(exported: dict[str, Path], reference: Reference) -> None:
    """Else parity would say nothing of the warp."""
    feeds, file = reference.inputs["frame"], frame_file(exported, "5d")
    still = run(file, {**feeds, "kp_driving": feeds["kp_source"]}, threads=1)["image"]
    moved = run(file, feeds, threads=1)["image"]
    assert np.abs(moved - still).mean() > 20 * MAX_DIFFERENCE
