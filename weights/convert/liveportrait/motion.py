"""The net M, which estimates pose, expression and canonical keypoints of a portrait by a ConvNeXt V2."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from weights.convert.liveportrait.sizes import BINS, KEYPOINTS, Sizes

_EPSILON = 1e-6


class ChannelNorm(nn.Module):
    """Layer norm over the channels of (N, C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(1, keepdim=True)
        scaled = centred / (centred.square().mean(1, keepdim=True) + _EPSILON).sqrt()
        return scaled * self.weight[:, None, None] + self.bias[:, None, None]


class ResponseNorm(nn.Module):
    """Global response normalisation of (N, H, W, C)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))

    def forward(self, x: Tensor) -> Tensor:
        response = x.square().sum((1, 2), keepdim=True).sqrt()
        relative = response / (response.mean(-1, keepdim=True) + _EPSILON)
        return self.gamma * (x * relative) + self.beta + x


class Block(nn.Module):
    """Depthwise 7×7, layer norm, two layers with GELU and response norm between; added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=_EPSILON)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.grn = ResponseNorm(4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        inner: Tensor = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        inner = self.pwconv2(self.grn(functional.gelu(self.pwconv1(inner))))
        return x + inner.permute(0, 3, 1, 2)


class Detector(nn.Module):
    """The backbone and its seven heads."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        widths = sizes.widths
        stem = nn.Sequential(nn.Conv2d(3, widths[0], 4, stride=4), ChannelNorm(widths[0]))
        between = [
            nn.Sequential(ChannelNorm(narrow), nn.Conv2d(narrow, wide, 2, stride=2))
            for narrow, wide in pairwise(widths)
        ]
        self.downsample_layers = nn.ModuleList([stem, *between])
        self.stages = nn.ModuleList(
            nn.Sequential(*(Block(width) for _ in range(count)))
            for width, count in zip(widths, sizes.stages, strict=True)
        )
        self.norm = nn.LayerNorm(widths[-1], eps=_EPSILON)
        last = widths[-1]
        self.fc_kp, self.fc_exp = nn.Linear(last, 3 * KEYPOINTS), nn.Linear(last, 3 * KEYPOINTS)
        self.fc_scale, self.fc_t = nn.Linear(last, 1), nn.Linear(last, 3)
        self.fc_pitch, self.fc_yaw, self.fc_roll = (nn.Linear(last, BINS) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        for down, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(down(x))
        mean: Tensor = self.norm(x.mean((2, 3)))
        return mean


class Motion(nn.Module):
    """M: pictures (N, 3, side, side) RGB 0..1 → pose (N, 3), translation (N, 3), expression, scale (N, 1), keypoints.

    pose: pitch, yaw, roll in degrees; expression and keypoints (N, 21, 3).
    """

    bins: Tensor
    """(BINS,), the middle of each bin of an angle, degrees."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.detector = Detector(sizes)
        self.register_buffer("bins", torch.arange(BINS, dtype=torch.float32) * 3.0 - 97.5, persistent=False)

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        x, heads = self.detector(picture), self.detector
        angles = [self._degrees(head(x)) for head in (heads.fc_pitch, heads.fc_yaw, heads.fc_roll)]
        return (
            torch.cat(angles, 1),
            heads.fc_t(x),
            heads.fc_exp(x).reshape(-1, KEYPOINTS, 3),
            heads.fc_scale(x),
            heads.fc_kp(x).reshape(-1, KEYPOINTS, 3),
        )

    def _degrees(self, logits: Tensor) -> Tensor:
        return (torch.softmax(logits, 1) * self.bins).sum(1, keepdim=True)
