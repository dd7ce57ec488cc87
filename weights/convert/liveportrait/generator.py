"""The net G, which makes a picture of moved features: a decoder that they modulate at every layer (SPADE)."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from weights.convert.liveportrait.blocks import SLOPE
from weights.convert.liveportrait.sizes import Sizes

_MIDDLE: Final = 6


class SpectralConv2d(nn.Module):
    """A convolution whose checkpoint holds the weights before spectral normalisation, and its two vectors."""

    bias: nn.Parameter | None
    """(fan_out,), None where there is none."""
    weight_u: Tensor
    """(fan_out,), the left singular vector."""
    weight_v: Tensor
    """(fan_in · size²,), the right singular vector."""

    def __init__(self, fan_in: int, fan_out: int, size: int, *, bias: bool = True) -> None:
        super().__init__()
        plain = nn.Conv2d(fan_in, fan_out, size)
        self.weight_orig = nn.Parameter(plain.weight.detach())
        self.register_parameter("bias", nn.Parameter(torch.zeros(fan_out)) if bias else None)
        self.register_buffer("weight_u", functional.normalize(torch.ones(fan_out), dim=0))
        self.register_buffer("weight_v", functional.normalize(torch.ones(fan_in * size * size), dim=0))
        self.padding = size // 2

    def weight(self) -> Tensor:
        """The normalised weight: divided by its largest singular value, as the vectors have it."""
        sigma = torch.dot(self.weight_u, torch.mv(self.weight_orig.flatten(1), self.weight_v))
        return self.weight_orig / sigma

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.weight(), self.bias, padding=self.padding)

    def folded(self) -> nn.Conv2d:
        """The plain convolution that does the same."""
        weight = self.weight().detach()
        plain = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=self.padding, bias=False)
        plain.weight, plain.bias = nn.Parameter(weight), self.bias
        return plain


class Spade(nn.Module):
    """Instance norm, then a gain and an offset that convolutions make of the features."""

    def __init__(self, channels: int, labels: int, hidden: int) -> None:
        super().__init__()
        self.mlp_shared = nn.Sequential(nn.Conv2d(labels, hidden, 3, padding=1), nn.ReLU())
        self.mlp_gamma = nn.Conv2d(hidden, channels, 3, padding=1)
        self.mlp_beta = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        shared = self.mlp_shared(features)
        gain: Tensor = 1.0 + self.mlp_gamma(shared)
        offset: Tensor = self.mlp_beta(shared)
        return functional.instance_norm(x) * gain + offset


class SpadeBlock(nn.Module):
    """Two modulated convolutions and a shortcut, which has one of its own where the width changes."""

    def __init__(self, fan_in: int, fan_out: int, labels: int, hidden: int) -> None:
        super().__init__()
        middle = min(fan_in, fan_out)
        self.changes = fan_in != fan_out
        self.conv_0, self.conv_1 = SpectralConv2d(fan_in, middle, 3), SpectralConv2d(middle, fan_out, 3)
        self.norm_0, self.norm_1 = Spade(fan_in, labels, hidden), Spade(middle, labels, hidden)
        if self.changes:
            self.conv_s = SpectralConv2d(fan_in, fan_out, 1, bias=False)
            self.norm_s = Spade(fan_in, labels, hidden)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        inner: Tensor = self.conv_0(functional.leaky_relu(self.norm_0(x, features), SLOPE))
        inner = self.conv_1(functional.leaky_relu(self.norm_1(inner, features), SLOPE))
        if self.changes:
            x = self.conv_s(self.norm_s(x, features))
        return inner + x


class Generator(nn.Module):
    """G: features (N, decoded, H, W) → logits of pictures (N, 3, 8H, 8W); the sigmoid is the caller's."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        labels, hidden = sizes.decoded, sizes.spade_hidden
        self.fc = nn.Conv2d(labels, 2 * labels, 3, padding=1)
        for index in range(_MIDDLE):
            self.add_module(f"G_middle_{index}", SpadeBlock(2 * labels, 2 * labels, labels, hidden))
        self.up_0 = SpadeBlock(2 * labels, labels, labels, hidden)
        self.up_1 = SpadeBlock(labels, sizes.last, labels, hidden)
        self.conv_img = nn.Sequential(nn.Conv2d(sizes.last, 12, 3, padding=1), nn.PixelShuffle(2))

    def forward(self, features: Tensor) -> Tensor:
        x = self.fc(features)
        for index in range(_MIDDLE):
            x = self.get_submodule(f"G_middle_{index}")(x, features)
        twice = functional.interpolate(features, scale_factor=2.0, mode="nearest")
        x = self.up_0(functional.interpolate(x, scale_factor=2.0, mode="nearest"), twice)
        four_times = functional.interpolate(features, scale_factor=4.0, mode="nearest")
        x = self.up_1(functional.interpolate(x, scale_factor=2.0, mode="nearest"), four_times)
        logits: Tensor = self.conv_img(functional.leaky_relu(x, SLOPE))
        return logits


def fold_spectral_norm(net: nn.Module) -> None:
    """Replace every SpectralConv2d in place by its plain convolution; the checkpoint's keys no longer fit then."""
    for name, child in list(net.named_children()):
        if isinstance(child, SpectralConv2d):
            setattr(net, name, child.folded())
        else:
            fold_spectral_norm(child)
