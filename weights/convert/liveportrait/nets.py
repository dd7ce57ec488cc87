"""All nets of one set of weights, and the frame path of W and G as one module."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from weights.convert.liveportrait.appearance import Appearance
from weights.convert.liveportrait.generator import Generator
from weights.convert.liveportrait.motion import Motion
from weights.convert.liveportrait.sizes import OFFICIAL, Sizes
from weights.convert.liveportrait.stitching import Retargeting, Stitching
from weights.convert.liveportrait.warping import Warping


@dataclass(frozen=True)
class Nets:
    """F, M, W, G and the three of S, in evaluation mode."""

    appearance: Appearance
    """F: picture → feature volume."""
    motion: Motion
    """M: picture → pose and keypoints."""
    warping: Warping
    """W: feature volume and keypoints → moved features."""
    generator: Generator
    """G: moved features → picture."""
    stitching: Stitching
    """S: keypoints corrected so that the shoulders stay."""
    eyes: Retargeting
    """S: offsets of keypoints that open or shut the eyes."""
    lips: Retargeting
    """S: offsets of keypoints that open or shut the mouth."""
    sizes: Sizes
    """Their widths."""

    @classmethod
    def empty(cls, sizes: Sizes = OFFICIAL) -> Nets:
        """New nets, with the weights that torch gives them."""
        nets = cls(
            Appearance(sizes),
            Motion(sizes),
            Warping(sizes),
            Generator(sizes),
            Stitching(sizes),
            Retargeting(3, sizes.eyes_hidden),
            Retargeting(2, sizes.lips_hidden),
            sizes,
        )
        for net in nets.by_name().values():
            net.eval().requires_grad_(False)
        return nets

    def by_name(self) -> dict[str, nn.Module]:
        """All nets, in the order of the fields."""
        return {
            "appearance": self.appearance,
            "motion": self.motion,
            "warping": self.warping,
            "generator": self.generator,
            "stitching": self.stitching,
            "eyes": self.eyes,
            "lips": self.lips,
        }


class Picture(nn.Module):
    """Logits (N, 3, H, W) → image 0..1, frames uint8 (N, H, W, 3), mean (N,), which is NaN where the image has one.

    The official code cuts the fraction off; rounding keeps the colours half a step nearer to the photo's.
    """

    def forward(self, logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        image = torch.sigmoid(logits)
        frames = (image.permute(0, 2, 3, 1) * 255.0 + 0.5).to(torch.uint8)
        return image, frames, image.mean((1, 2, 3))


class Frame(nn.Module):
    """W and G in one: feature (1, C, D, h, w), kp_source (1, 21, 3), kp_driving (N, 21, 3) → as of `Picture`."""

    def __init__(self, warping: Warping, generator: Generator) -> None:
        super().__init__()
        self.warping, self.generator = warping, generator
        self.picture = Picture()

    def forward(self, feature: Tensor, kp_source: Tensor, kp_driving: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        moved = self.warping(feature, kp_driving, kp_source)
        result: tuple[Tensor, Tensor, Tensor] = self.picture(self.generator(moved))
        return result
