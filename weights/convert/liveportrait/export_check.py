"""The comparison of an exported file with the torch module that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from weights.convert.liveportrait.export import build_module
from weights.convert.liveportrait.interface import signatures
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.sizes import KEYPOINTS
from weights.errors import ParityMismatch
from weights.liveportrait.pack import Net, PackModel

MAX_DIFFERENCE: Final = 1e-3  # of the range, fp32
MIN_PSNR: Final = 40.0  # dB, fp16
_SEED: Final = 7
_BATCH: Final = 2  # more than the one that most exporters assume, and other than what was traced for S
_EQUAL: Final = 300.0  # dB of equal values, because JSON has no infinity

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of one output from torch's."""

    max_abs: float
    """Largest absolute difference of a value."""
    span: float
    """Range of torch's values, or the largest magnitude of one where that is more."""
    psnr: float
    """Peak signal-to-noise ratio over `span`, dB; 300 where all values are equal."""

    @classmethod
    def of(cls, found: NDArray[Any], wanted: NDArray[Any]) -> Difference:
        """The difference of two arrays of one shape."""
        a, b = found.astype(np.float64), wanted.astype(np.float64)
        span = max(float(np.ptp(b)), float(np.abs(b).max()), 1e-12)
        error = np.abs(a - b)
        root = float(np.sqrt(np.mean(error**2)))
        psnr = min(20 * np.log10(span / root), _EQUAL) if root else _EQUAL
        return cls(float(error.max()), span, float(psnr))

    @property
    def relative(self) -> float:
        """Largest difference by the span."""
        return self.max_abs / self.span


@dataclass(frozen=True)
class Reference:
    """Inputs of every net and torch's outputs for them: a smooth picture goes the whole way through all nets."""

    inputs: Mapping[Net, Arrays]
    """Net → its inputs by name."""
    outputs: Mapping[Net, Arrays]
    """Net → torch's outputs by name."""

    @classmethod
    def of(cls, nets: Nets, seed: int = _SEED) -> Reference:
        """Run every net; it takes a while at full size: two frames go through W and G."""
        random = torch.Generator().manual_seed(seed)
        inputs = _make_inputs(nets, random)
        outputs: dict[Net, Arrays] = {}
        for net, signature in signatures(nets.sizes).items():
            with torch.no_grad():
                found = build_module(nets, net)(*inputs[net].values())
            values = found if isinstance(found, tuple) else (found,)
            outputs[net] = {k: v.numpy() for k, v in zip(signature.outputs, values, strict=True)}
        return cls({net: {k: v.numpy() for k, v in tensors.items()} for net, tensors in inputs.items()}, outputs)


def compare_with_torch(
    file: Path, model: PackModel, reference: Reference, *, threads: int = 2
) -> dict[str, Difference]:
    """Compare every output of a file but `frames`, which is `image` in whole numbers.

    Args:
        file: The exported file.
        model: The model that it should be.
        reference: Inputs and torch's outputs.
        threads: Threads of onnxruntime.

    Returns:
        Output → its difference from torch's.

    Raises:
        ParityMismatch: An output differs by too much, or onnxruntime can't run the file.
    """
    try:
        found = run(file, reference.inputs[model.net], threads=threads)
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise ParityMismatch(model.name, f"onnxruntime can't run it ({str(error)[:200]})") from error
    wanted = reference.outputs[model.net]
    differences = {name: Difference.of(found[name], wanted[name]) for name in wanted if name != "frames"}
    for name, difference in differences.items():
        if model.precision == "fp32" and not difference.relative <= MAX_DIFFERENCE:
            share = f"{difference.relative:.1e} of its range"
            raise ParityMismatch(model.name, f"{name} by {share}, {MAX_DIFFERENCE:.0e} is allowed")
        if model.precision == "fp16" and not difference.psnr >= MIN_PSNR:
            raise ParityMismatch(model.name, f"{name} is {difference.psnr:.1f} dB near, {MIN_PSNR:.0f} are asked for")
    return differences


def run(file: Path, feeds: Arrays, *, threads: int = 2) -> Arrays:
    """Run a file on the CPU and return its outputs by name."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # torch wants the cores between two
    session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    values = session.run(None, feeds)
    return {output.name: value for output, value in zip(session.get_outputs(), values, strict=True)}


def _make_inputs(nets: Nets, random: torch.Generator) -> dict[Net, dict[str, Tensor]]:
    """A batch of two for every net, each made of the answers of the nets before it."""
    side = nets.sizes.side
    coarse = torch.rand(_BATCH, 3, side // 10, side // 10, generator=random)
    picture = functional.interpolate(coarse, size=side, mode="bicubic", align_corners=False).clamp(0.0, 1.0)
    with torch.no_grad():
        feature = nets.appearance(picture[:1])
        _, translation, expression, scale, keypoints = nets.motion(picture[:1])
    still = scale.unsqueeze(-1) * (keypoints + expression) + translation.unsqueeze(1)
    moved = still + 0.04 * torch.randn(_BATCH, KEYPOINTS, 3, generator=random)
    return {
        "appearance": {"picture": picture},
        "motion": {"picture": picture},
        "stitch": {"kp_source": still, "kp_driving": moved},
        "eyes": {"kp_source": still, "ratios": torch.rand(_BATCH, 3, generator=random)},
        "lips": {"kp_source": still, "ratios": torch.rand(_BATCH, 2, generator=random)},
        "frame": {"feature": feature, "kp_source": still, "kp_driving": moved},
    }
