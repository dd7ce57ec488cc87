"""Random weights for tests: every statistic, gain and offset differs from its neutral value, to hide no mistake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from weights.convert.liveportrait.checkpoint import CORRECTIONS
from weights.convert.liveportrait.generator import SpectralConv2d
from weights.convert.liveportrait.nets import Nets
from weights.liveportrait.sources import CHECKPOINTS

# The last layer of the dense motion gets larger weights: its softmax would be nearly uniform, and hide the warp.
_GAINS = {"dense_motion_network.mask.weight": 8.0}
_HEADS = {"fc_kp": 0.15, "fc_exp": 0.02, "fc_t": 0.05, "fc_scale": 0.05}


def randomise(nets: Nets, seed: int) -> None:
    """Fill all nets in place, the same values each time for one seed."""
    random = torch.Generator().manual_seed(seed)
    for net in nets.by_name().values():
        with torch.no_grad():
            for name, tensor in _sorted_tensors(net):
                tensor.copy_(_random_value(name, tensor, random))
            _settle_spectral_norm(net)


def write_checkpoints(nets: Nets, folder: Path) -> dict[str, Path]:
    """Write the five files as they are published into a flat folder; `checkpoint.load_nets` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, object] = {name: net.state_dict() for name, net in nets.by_name().items()}
    tables["corrections"] = {
        key: {f"module.{name}": value for name, value in nets.by_name()[net].state_dict().items()}
        for net, key in CORRECTIONS.items()
    }
    files = {key: folder / checkpoint.name for key, checkpoint in CHECKPOINTS.items()}
    for key, file in files.items():
        torch.save(tables[key], file)
    return files


def _sorted_tensors(net: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Parameters and buffers by name, in an order that no version of torch changes."""
    return iter(sorted(net.state_dict(keep_vars=True).items()))


def _random_value(name: str, tensor: Tensor, random: torch.Generator) -> Tensor:
    """A value for one tensor, by the part that it plays in its layer."""
    last = name.rsplit(".", 1)[-1]
    if last == "num_batches_tracked":
        return torch.tensor(1)
    noise = torch.randn(tensor.shape, generator=random)
    if last == "running_var" or (last == "weight" and tensor.ndim == 1):
        return 0.6 + torch.rand(tensor.shape, generator=random)
    if tensor.ndim < 2:
        return noise * 0.1 + (1.0 if "fc_scale" in name else 0.0)
    if last in ("gamma", "beta"):
        return noise * 0.2
    head = next((gain for key, gain in _HEADS.items() if key in name), 1.0)
    gain = _GAINS.get(name, head)
    return noise * float(gain / tensor[0].numel() ** 0.5)


def _settle_spectral_norm(net: nn.Module) -> None:
    """Bring the vectors of spectral norm near the largest singular value, as training leaves them."""
    for module in net.modules():
        if isinstance(module, SpectralConv2d):
            matrix = module.weight_orig.flatten(1)
            for _ in range(15):
                module.weight_v.copy_(functional.normalize(torch.mv(matrix.t(), module.weight_u), dim=0))
                module.weight_u.copy_(functional.normalize(torch.mv(matrix, module.weight_v), dim=0))
