"""The export of weights/warp.onnx: `python -m weights.convert.warp.export`. Needs the extra `export` (torch)."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Final

import onnx
import torch

from pipeline.animate.warp.formula import LID_SAMPLES, LIP_SAMPLES
from pipeline.motion.channels import CHANNELS, FOLLOWERS
from weights.convert.warp.graph import WarpGraph
from weights.convert.warp.interface import AXES, OUTPUT

OPSET: Final = 16  # older onnxruntime has a CUDA kernel for this version of GridSample, not for that of opset 20
TARGET: Final = Path(__file__).parents[2] / "warp.onnx"
# Sizes to trace with: no two alike and none 1, so that nothing is taken for a constant or a broadcast.
_SIZES: Final = {
    **{"N": 2, "H": 46, "W": 54, "P": 92, "Q": 108, "A": 32, "B": 48},
    **{"h": 23, "w": 27, "R": 7, "S": 9, "T": LID_SAMPLES, "L": LIP_SAMPLES, "U": 11, "V": 13},
}


def export() -> bytes:
    """Trace the graph and return the ONNX file, the same bytes each time with the same torch."""
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        file = Path(folder) / TARGET.name
        # torch announces the end of this exporter; the new one starts at opset 18
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            WarpGraph().eval(),
            tuple(_example(name) for name in AXES),
            file,
            input_names=list(AXES),
            output_names=[OUTPUT],
            dynamic_axes={name: _free_axes(axes) for name, axes in (*AXES.items(), (OUTPUT, ("N", "A", "B", 3)))},
            opset_version=OPSET,
            dynamo=False,
        )
        model = _strip(onnx.load(file))
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _free_axes(axes: tuple[int | str, ...]) -> dict[int, str]:
    """Number of an axis → its name, of those whose size is free."""
    return {index: axis for index, axis in enumerate(axes) if isinstance(axis, str)}


def _example(name: str) -> torch.Tensor:
    """An input to trace with."""
    shape = [axis if isinstance(axis, int) else _SIZES[axis] for axis in AXES[name]]
    if name == "eye_cell":
        return torch.tensor([5, 9])
    if name == "mouth_cell":
        return torch.tensor([7])
    return torch.full(shape, 0.5)


def _strip(model: onnx.ModelProto) -> onnx.ModelProto:
    """Take off the traces of this machine's folders and add the order of the channels, which the renderer checks."""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.graph.value_info[:]
    onnx.helper.set_model_props(model, {"channels": ",".join((*CHANNELS, *FOLLOWERS))})
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Write the file into the repository and print its hash for the manifest."""
    data = export()
    TARGET.write_bytes(data)
    sys.stdout.write(f"{TARGET}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}\n")


if __name__ == "__main__":
    main()
