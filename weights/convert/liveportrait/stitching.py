"""The nets S, three small ones that correct keypoints: stitching, eyes, lips."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from weights.convert.liveportrait.sizes import KEYPOINTS, Sizes

_FLAT = 3 * KEYPOINTS


class Stitching(nn.Module):
    """Corrects driving (N, 21, 3), given source (1 or N, 21, 3), so that shoulders and neck stay."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.mlp = _perceptron(2 * _FLAT, sizes.stitch_hidden, _FLAT + 2)

    def forward(self, source: Tensor, driving: Tensor) -> Tensor:
        flat = driving.reshape(-1, _FLAT)
        found: Tensor = self.mlp(torch.cat([_repeated(source, flat), flat], 1))
        shift = torch.cat([found[:, _FLAT:], found[:, :1] * 0.0], 1).unsqueeze(1)
        return driving + found[:, :_FLAT].reshape(-1, KEYPOINTS, 3) + shift


class Retargeting(nn.Module):
    """Offsets (N, 21, 3) for source (1 or N, 21, 3), given ratios (N, R): those of the photo, then the new one."""

    def __init__(self, ratios: int, hidden: tuple[int, ...]) -> None:
        super().__init__()
        self.mlp = _perceptron(_FLAT + ratios, hidden, _FLAT)

    def forward(self, source: Tensor, ratios: Tensor) -> Tensor:
        found: Tensor = self.mlp(torch.cat([_repeated(source, ratios), ratios], 1))
        return found.reshape(-1, KEYPOINTS, 3)


def _perceptron(fan_in: int, hidden: tuple[int, ...], fan_out: int) -> nn.Sequential:
    """Linear layers with ReLU between."""
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(fan_in, width), nn.ReLU()]
        fan_in = width
    return nn.Sequential(*layers, nn.Linear(fan_in, fan_out))


def _repeated(source: Tensor, like: Tensor) -> Tensor:
    """Repeat source as (N, 63), one row for each of `like`."""
    return source.reshape(-1, _FLAT) + like[:, :1] * 0.0
