"""The export of one net from torch to ONNX. Needs the extra `export`."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from weights.convert.liveportrait.generator import fold_spectral_norm
from weights.convert.liveportrait.interface import OPSETS, Shape, signatures
from weights.convert.liveportrait.nets import Frame, Nets
from weights.convert.liveportrait.sizes import Sizes
from weights.liveportrait.pack import Form, Net


def build_module(nets: Nets, net: Net, form: Form = "5d") -> nn.Module:
    """The torch module that is exported, with its spectral norm folded; `nets` stay as they are."""
    if net == "frame":
        warping, generator = copy.deepcopy(nets.warping), copy.deepcopy(nets.generator)
        warping.sampler.form = form
        fold_spectral_norm(generator)
        return Frame(warping, generator).eval()
    modules: dict[Net, nn.Module] = {"stitch": nets.stitching, "eyes": nets.eyes, "lips": nets.lips}
    return {**modules, "appearance": nets.appearance, "motion": nets.motion}[net]


def export(module: nn.Module, net: Net, sizes: Sizes, form: Form = "5d") -> onnx.ModelProto:
    """Export the fp32 graph; it has the same bytes each time with the same torch and weights."""
    signature = signatures(sizes)[net]
    both = {**signature.inputs, **signature.outputs}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        file = Path(folder) / f"{net}.onnx"
        # torch announces the end of this exporter; the new one needs a further package and knows no opset below 18
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", module=r"torch\.onnx")  # of folding it leaves to the runtime
        warnings.filterwarnings("ignore", module=r"torch\.nn")  # sizes that are fixed in what is exported
        torch.onnx.export(
            module,
            tuple(_example(shape) for shape in signature.inputs.values()),
            file,
            input_names=list(signature.inputs),
            output_names=list(signature.outputs),
            dynamic_axes={name: _free_axes(shape) for name, shape in both.items() if _free_axes(shape)},
            opset_version=OPSETS[form],
            dynamo=False,
        )
        return _strip(onnx.load(file), both)


def _free_axes(shape: Shape) -> dict[int, str]:
    """Number of an axis → its name, of those whose size is free."""
    return {index: axis for index, axis in enumerate(shape) if isinstance(axis, str)}


def _example(shape: Shape) -> Tensor:
    """A batch of two, so that nothing is taken for a constant or a broadcast; S differs from N."""
    free = {"N": 2, "S": 1}
    return torch.full([axis if isinstance(axis, int) else free[axis] for axis in shape], 0.25)


def _strip(model: onnx.ModelProto, shapes: dict[str, Shape]) -> onnx.ModelProto:
    """Take off the traces of this machine's folders and write down every fixed size of inputs and outputs."""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        kind = value.type.tensor_type.elem_type
        value.CopyFrom(onnx.helper.make_tensor_value_info(value.name, kind, shapes[value.name]))
    onnx.checker.check_model(model, full_check=True)
    return model
