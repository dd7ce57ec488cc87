"""LivePortrait's nets: the official files would load strictly, and each exported file computes what torch does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait import interface, sizes  # noqa: E402
from weights.convert.liveportrait.check import LARGEST, LEAST, Figure, Reference, figures, run  # noqa: E402
from weights.convert.liveportrait.export import export, module_of  # noqa: E402
from weights.convert.liveportrait.half import halved  # noqa: E402
from weights.convert.liveportrait.nets import Nets  # noqa: E402
from weights.convert.liveportrait.randomised import randomise  # noqa: E402
from weights.errors import ConversionFailed, NotTheSame  # noqa: E402
from weights.liveportrait import MODELS, Exported  # noqa: E402

KEYS = Path(__file__).with_name("liveportrait_keys.txt")
SEED = 20240703


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small nets are ten times slower where threads wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def nets() -> Nets:
    found = Nets.empty(sizes.TINY)
    randomise(found, SEED)
    return found


@pytest.fixture(scope="module")
def reference(nets: Nets) -> Reference:
    return Reference.of(nets)


@pytest.fixture(scope="module")
def files(nets: Nets, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every model, exported once."""
    folder = tmp_path_factory.mktemp("exported")
    graphs: dict[tuple[str, str], onnx.ModelProto] = {}
    for model in MODELS:
        key = (model.net, model.form)
        graph = graphs.get(key) or export(module_of(nets, model.net, model.form), model.net, nets.sizes, model.form)
        graphs[key] = graph
        onnx.save(halved(graph, model.name) if model.precision == "fp16" else graph, folder / model.file)
    return {model.name: folder / model.file for model in MODELS}


def frame_file(files: dict[str, Path], form: str) -> Path:
    return files["liveportrait_frame" if form == "5d" else "liveportrait_frame_4d"]


def official_keys() -> dict[str, dict[str, tuple[int, ...]]]:
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for line in KEYS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            net, key, shape = line.split()
            found.setdefault(net, {})[key] = () if shape == "-" else tuple(int(n) for n in shape.split("x"))
    return found


def test_names_and_shapes_are_those_of_the_official_checkpoints() -> None:
    """At full size, without any memory for the weights."""
    with torch.device("meta"):
        full = Nets.empty(sizes.OFFICIAL)
    ours = {name: {k: tuple(v.shape) for k, v in net.state_dict().items()} for name, net in full.by_name().items()}
    assert ours == official_keys()
    count = sum(p.numel() for net in full.by_name().values() for p in net.parameters())
    assert count == 836_224 + 28_118_728 + 45_529_829 + 55_365_388 + 45_249 + 144_703 + 37_311


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_file_computes_what_torch_does(model: Exported, files: dict[str, Path], reference: Reference) -> None:
    found = figures(files[model.name], model, reference, threads=1)
    assert found
    for figure in found.values():
        assert figure.relative <= LARGEST if model.precision == "fp32" else figure.psnr >= LEAST


@pytest.mark.parametrize("model", [m for m in MODELS if m.precision == "fp32"], ids=lambda model: model.name)
def test_the_files_have_the_declared_inputs_and_outputs(model: Exported, files: dict[str, Path]) -> None:
    graph = onnx.load(files[model.name])
    signature = interface.signatures(sizes.TINY)[model.net]
    for values, declared in ((graph.graph.input, signature.inputs), (graph.graph.output, signature.outputs)):
        found = {v.name: tuple(d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim) for v in values}
        assert found == dict(declared)
    assert graph.opset_import[0].version == interface.OPSETS[model.form]
    assert not any(node.doc_string or node.metadata_props for node in graph.graph.node)


def test_the_exporter_is_repeatable(nets: Nets, files: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / "again.onnx"
    onnx.save(export(module_of(nets, "motion"), "motion", nets.sizes), again)
    assert again.read_bytes() == files["liveportrait_motion"].read_bytes()


@pytest.mark.parametrize("form", ["5d", "4d"])
def test_the_frame_graph_has_what_its_runtime_knows(form: str, files: dict[str, Path]) -> None:
    """No node whose result is a shape: such run on the CPU, between two on the GPU."""
    file = frame_file(files, form)
    graph = onnx.shape_inference.infer_shapes(onnx.load(file.with_name(f"{file.stem}_fp16.onnx"))).graph
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


def test_a_batch_is_the_frames_one_by_one(files: dict[str, Path], reference: Reference) -> None:
    file, feeds = frame_file(files, "5d"), reference.inputs["frame"]
    whole = run(file, feeds, threads=1)
    for index in range(2):
        one = run(file, {**feeds, "kp_driving": feeds["kp_driving"][index : index + 1]}, threads=1)
        np.testing.assert_allclose(one["image"][0], whole["image"][index], atol=1e-4)
    np.testing.assert_allclose(whole["frames"], whole["image"].transpose(0, 2, 3, 1) * 255, atol=0.51)
    np.testing.assert_allclose(whole["mean"], whole["image"].mean((1, 2, 3)), atol=1e-5)


@pytest.mark.parametrize("form", ["5d", "4d"])
def test_a_broken_frame_tells_so_and_spares_the_others(form: str, files: dict[str, Path], reference: Reference) -> None:
    feeds = dict(reference.inputs["frame"])
    feeds["kp_driving"] = feeds["kp_driving"].copy()
    feeds["kp_driving"][0, 3, 1] = np.nan
    mean = run(frame_file(files, form), feeds, threads=1)["mean"]
    assert np.isnan(mean[0]) and np.isfinite(mean[1])


def test_the_motion_moves_the_picture(files: dict[str, Path], reference: Reference) -> None:
    """Else parity would say nothing of the warp."""
    feeds, file = reference.inputs["frame"], frame_file(files, "5d")
    still = run(file, {**feeds, "kp_driving": feeds["kp_source"]}, threads=1)["image"]
    moved = run(file, feeds, threads=1)["image"]
    assert np.abs(moved - still).mean() > 20 * LARGEST


def test_too_large_a_weight_for_fp16_is_refused(nets: Nets) -> None:
    graph = export(module_of(nets, "stitch"), "stitch", nets.sizes)
    weight = next(tensor for tensor in graph.graph.initializer if tensor.name.endswith("weight"))
    values = onnx.numpy_helper.to_array(weight).copy()
    values.flat[0] = 70_000.0
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    with pytest.raises(ConversionFailed, match="too large for fp16"):
        halved(graph, "liveportrait_stitch")


def test_a_file_that_computes_something_else_is_refused(
    files: dict[str, Path], reference: Reference, tmp_path: Path
) -> None:
    model = next(m for m in MODELS if m.name == "liveportrait_eyes")
    file, graph = tmp_path / model.file, onnx.load(files[model.name])
    bias = next(tensor for tensor in graph.graph.initializer if tensor.name.endswith("bias"))
    values = onnx.numpy_helper.to_array(bias)
    bias.CopyFrom(onnx.numpy_helper.from_array((values + 0.5).astype(np.float32), bias.name))
    onnx.save(graph, file)
    with pytest.raises(NotTheSame, match="liveportrait_eyes differs from torch: delta by"):
        figures(file, model, reference, threads=1)
    file.write_bytes(b"no graph")
    with pytest.raises(NotTheSame, match="can't run it"):
        figures(file, model, reference, threads=1)


def test_a_figure_of_nothing_finite_never_passes() -> None:
    broken = Figure.of(np.array([np.nan, 1.0]), np.array([0.0, 1.0]))
    assert not broken.relative <= LARGEST
    assert not broken.psnr >= LEAST
