"""Blocks that several nets share. Names of members are those of the official checkpoints' keys."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn
from torch.nn import functional

SLOPE: Final = 0.2  # of G's leaky ReLU


class Same2d(nn.Module):
    """Convolution 3×3, batch norm, ReLU (leaky with 0.01 in W)."""

    def __init__(self, fan_in: int, fan_out: int, *, leaky: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(fan_in, fan_out, 3, padding=1)
        self.norm = nn.BatchNorm2d(fan_out)
        self.slope = 0.01 if leaky else 0.0

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x))
        return functional.leaky_relu(x, self.slope) if self.slope else functional.relu(x)


class Down2d(Same2d):
    """The same as Same2d, then half the width and height."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.avg_pool2d(super().forward(x), 2)


class Same3d(nn.Module):
    """Convolution 3×3×3, batch norm, ReLU. `shape`: (depth, height, width) of what comes in."""

    def __init__(self, fan_in: int, fan_out: int, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.conv = nn.Conv3d(fan_in, fan_out, 3, padding=1)
        self.norm = nn.BatchNorm3d(fan_out)
        self.fan_in, self.fan_out, self.shape = fan_in, fan_out, shape

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.norm(self.conv(x)))


class Down3d(Same3d):
    """The same as Same3d, then half the width and height; the depth stays.

    Done on the volume with its depth folded into the channels: every runtime has the two-dimensional operators.
    """

    def forward(self, x: Tensor) -> Tensor:
        depth, height, width = self.shape
        x = super().forward(x).reshape(-1, self.fan_out * depth, height, width)
        return functional.avg_pool2d(x, 2).reshape(-1, self.fan_out, depth, height // 2, width // 2)


class Up3d(Same3d):
    """First twice the width and height by repetition, then the same as Same3d; the depth stays."""

    def forward(self, x: Tensor) -> Tensor:
        depth, height, width = self.shape
        x = functional.interpolate(x.reshape(-1, self.fan_in * depth, height, width), scale_factor=2.0, mode="nearest")
        return super().forward(x.reshape(-1, self.fan_in, depth, 2 * height, 2 * width))


class Residual3d(nn.Module):
    """Norm, ReLU, convolution, twice; added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm3d(channels)
        self.norm2 = nn.BatchNorm3d(channels)

    def forward(self, x: Tensor) -> Tensor:
        inner: Tensor = self.conv1(functional.relu(self.norm1(x)))
        inner = self.conv2(functional.relu(self.norm2(inner)))
        return x + inner
