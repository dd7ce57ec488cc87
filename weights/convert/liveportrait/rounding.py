"""An imitation on a CPU of the errors that a GPU's fp16 makes in the frame path.

onnxruntime on a CPU computes an fp16 graph in fp32 and rounds seldom. Here every weight and the result of every single
operation is rounded to fp16, but for the modules that stay fp32; sums inside of one are fp32, as in tensor cores.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from weights.convert.liveportrait.export import build_module
from weights.convert.liveportrait.fp16 import FP32_MODULES
from weights.convert.liveportrait.nets import Nets

_MODE: Any = import_module("torch.utils._python_dispatch").TorchDispatchMode  # without types of its own


class _Rounding(_MODE):
    """Rounds the result of every operation outside of the modules that stay fp32."""

    def __init__(self) -> None:
        super().__init__()
        self.fp32_depth = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if self.fp32_depth or not isinstance(found, Tensor) or found.dtype != torch.float32:
            return found
        return found.half().float()

    def enter(self, module: nn.Module, inputs: Any) -> None:
        """Stop rounding; a hook before a module that stays fp32."""
        self.fp32_depth += 1

    def leave(self, module: nn.Module, inputs: Any, output: Any) -> None:
        """Round again; a hook after it."""
        self.fp32_depth -= 1


def emulate_fp16_frame(nets: Nets, feature: Tensor, source: Tensor, driving: Tensor) -> Tensor:
    """Draw frames with every value rounded to fp16.

    Returns:
        `image` of the frame graph.

    Raises:
        OverflowError: A value is too large for fp16.
    """
    module = build_module(nets, "frame")
    mode = _Rounding()
    for name, child in module.named_modules():
        if name.rsplit(".", 1)[-1] in FP32_MODULES:
            child.register_forward_pre_hook(mode.enter)
            child.register_forward_hook(mode.leave)
    for parameter in module.parameters():
        parameter.data = parameter.data.half().float()
    with torch.no_grad(), mode:
        image: Tensor = module(feature, source, driving)[0]
    if not torch.isfinite(image).all():
        raise OverflowError("a value on the way is too large for fp16")
    return image
