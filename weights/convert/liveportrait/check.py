"""How far an exported file is from the torch module it was made of."""

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

from weights.convert.liveportrait.export import module_of
from weights.convert.liveportrait.interface import signatures
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.sizes import KEYPOINTS
from weights.errors import NotTheSame
from weights.liveportrait.pack import Exported, Net

LARGEST: Final = 1e-3  # of the range, fp32
LEAST: Final = 40.0  # dB, fp16
_SEED: Final = 7
_BATCH: Final = 2  # more than the one that most exporters assume, and other than what was traced for S
_RECORDED: Final = 300.0  # dB of equal values, which JSON could not say otherwise

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one output. `max_abs`: largest difference; `span`: range or largest value of the reference; `psnr` in dB."""

    max_abs: float
    span: float
    psnr: float

    @classmethod
    def of(cls, found: NDArray[Any], wanted: NDArray[Any]) -> Figure:
        a, b = found.astype(np.float64), wanted.astype(np.float64)
        span = max(float(np.ptp(b)), float(np.abs(b).max()), 1e-12)
        error = np.abs(a - b)
        root = float(np.sqrt(np.mean(error**2)))
        psnr = min(20 * np.log10(span / root), _RECORDED) if root else _RECORDED
        return cls(float(error.max()), span, float(psnr))

    @property
    def relative(self) -> float:
        return self.max_abs / self.span


@dataclass(frozen=True)
class Reference:
    """Inputs of every net and what torch makes of them: a smooth picture goes the whole way through all of them."""

    inputs: Mapping[Net, Arrays]
    outputs: Mapping[Net, Arrays]

    @classmethod
    def of(cls, nets: Nets, seed: int = _SEED) -> Reference:
        """Takes a while at full size: two frames through W and G."""
        random = torch.Generator().manual_seed(seed)
        inputs = _inputs(nets, random)
        outputs: dict[Net, Arrays] = {}
        for net, signature in signatures(nets.sizes).items():
            with torch.no_grad():
                found = module_of(nets, net)(*inputs[net].values())
            values = found if isinstance(found, tuple) else (found,)
            outputs[net] = {k: v.numpy() for k, v in zip(signature.outputs, values, strict=True)}
        return cls({net: {k: v.numpy() for k, v in given.items()} for net, given in inputs.items()}, outputs)


def figures(file: Path, model: Exported, reference: Reference, *, threads: int = 2) -> dict[str, Figure]:
    """Of every output but `frames`, which is `image` in whole numbers. Raises NotTheSame, also for a file that
    onnxruntime can't open."""
    try:
        found = run(file, reference.inputs[model.net], threads=threads)
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise NotTheSame(model.name, f"onnxruntime can't run it ({str(error)[:200]})") from error
    wanted = reference.outputs[model.net]
    result = {name: Figure.of(found[name], wanted[name]) for name in wanted if name != "frames"}
    for name, figure in result.items():
        if model.precision == "fp32" and not figure.relative <= LARGEST:
            raise NotTheSame(model.name, f"{name} by {figure.relative:.1e} of its range, {LARGEST:.0e} is allowed")
        if model.precision == "fp16" and not figure.psnr >= LEAST:
            raise NotTheSame(model.name, f"{name} is {figure.psnr:.1f} dB near, {LEAST:.0f} are asked for")
    return result


def run(file: Path, feeds: Arrays, *, threads: int = 2) -> Arrays:
    """Outputs by name, on the CPU."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # torch wants the cores between two
    session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    values = session.run(None, feeds)
    return {output.name: value for output, value in zip(session.get_outputs(), values, strict=True)}


def _inputs(nets: Nets, random: torch.Generator) -> dict[Net, dict[str, Tensor]]:
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
