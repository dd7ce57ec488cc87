"""LivePortrait's nets that draw frames, with random weights: files for onnxruntime, and their time in torch itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

from weights.convert.liveportrait.export import build_module, export
from weights.convert.liveportrait.fp16 import to_fp16
from weights.convert.liveportrait.interface import signatures
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.random_weights import randomise
from weights.convert.liveportrait.sizes import OFFICIAL, TINY, Sizes

_SEED: Final = 20240703
Arrays = dict[str, NDArray[np.float32]]


def open_random_nets(*, full: bool) -> Nets:
    """Nets of the official widths, or tiny ones, with random weights: as slow as the trained ones."""
    nets = Nets.empty(OFFICIAL if full else TINY)
    randomise(nets, _SEED)
    return nets


def write_frame_models(nets: Nets, folder: Path) -> dict[str, Path]:
    """Export W and G: precision → file."""
    graph = export(build_module(nets, "frame"), "frame", nets.sizes)
    files = {precision: folder / f"frame_{precision}.onnx" for precision in ("fp32", "fp16")}
    onnx.save(graph, files["fp32"])
    onnx.save(to_fp16(graph, "liveportrait_frame_fp16"), files["fp16"])
    return files


def make_inputs(sizes: Sizes, batch: int) -> Arrays:
    """Inputs of W and G for so many frames of one face, by name."""
    random = np.random.default_rng(_SEED)
    free = {"N": batch, "S": 1}
    shapes = signatures(sizes)["frame"].inputs
    return {
        name: random.normal(0.0, 0.2, [axis if isinstance(axis, int) else free[axis] for axis in shape]).astype(
            np.float32
        )
        for name, shape in shapes.items()
    }


def torch_name() -> str:
    """Version of torch, and where it computes."""
    where = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU"
    return f"torch {torch.__version__} on {where}"


def on_card() -> bool:
    """Whether torch computes on a card: only there are torch.compile and 16 bits worth the wait."""
    return bool(torch.cuda.is_available())


@contextmanager
def torch_frames(nets: Nets, *, half: bool, compiled: bool) -> Iterator[Callable[[int], None]]:
    """W and G in torch, on the card where there is one; the function draws so many frames and waits for them.

    Args:
        nets: The nets; they stay as they are.
        half: Compute in 16 bits, as torch's autocast chooses.
        compiled: By torch.compile instead of step by step.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    module: nn.Module = build_module(nets, "frame").to(device)
    run = torch.compile(module) if compiled else module
    inputs: dict[int, list[torch.Tensor]] = {}

    def draw(batch: int) -> None:
        if batch not in inputs:
            inputs[batch] = [torch.from_numpy(one).to(device) for one in make_inputs(nets.sizes, batch).values()]
        kind = torch.float16 if device == "cuda" else torch.bfloat16
        with torch.no_grad(), torch.autocast(device, dtype=kind, enabled=half):
            run(*inputs[batch])
        if device == "cuda":
            torch.cuda.synchronize()

    try:
        yield draw
    finally:
        module.to("cpu")
        if device == "cuda":
            torch.cuda.empty_cache()
