"""Each file computes what torch does, and one that does not is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[export]'")

from weights.convert.liveportrait.export_check import (  # noqa: E402
    MAX_DIFFERENCE,
    MIN_PSNR,
    Difference,
    Reference,
    compare_with_torch,
)
from weights.errors import ParityMismatch  # noqa: E402
from weights.liveportrait import MODELS, PackModel  # noqa: E402


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_file_computes_what_torch_does(model: PackModel, exported: dict[str, Path], reference: Reference) -> None:
    found = compare_with_torch(exported[model.name], model, reference, threads=1)
    assert found
    for figure in found.values():
        assert figure.relative <= MAX_DIFFERENCE if model.precision == "fp32" else figure.psnr >= MIN_PSNR


def test_a_file_that_computes_something_else_is_refused(
    exported: dict[str, Path], reference: Reference, tmp_path: Path
) -> None:
    model = next(m for m in MODELS if m.name == "liveportrait_eyes")
    file, graph = tmp_path / model.file, onnx.load(exported[model.name])
    bias = next(tensor for tensor in graph.graph.initializer if tensor.name.endswith("bias"))
    values = onnx.numpy_helper.to_array(bias)
    bias.CopyFrom(onnx.numpy_helper.from_array((values + 0.5).astype(np.float32), bias.name))
    onnx.save(graph, file)
    with pytest.raises(ParityMismatch, match="liveportrait_eyes differs from torch: delta by"):
        compare_with_torch(file, model, reference, threads=1)
    file.write_bytes(b"no graph")
    with pytest.raises(ParityMismatch, match="can't run it"):
        compare_with_torch(file, model, reference, threads=1)


def test_a_figure_of_nothing_finite_never_passes() -> None:
    broken = Difference.of(np.array([np.nan, 1.0]), np.array([0.0, 1.0]))
    assert not broken.relative <= MAX_DIFFERENCE
    assert not broken.psnr >= MIN_PSNR
