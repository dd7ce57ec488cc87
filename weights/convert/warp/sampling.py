"""Values of a picture between its pixels, as OpenCV's remap gives them with replicated borders."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def smoothstep(x: Tensor, low: float, high: float) -> Tensor:
    """A step: 0 below low, 1 above high, 3t²-2t³ between."""
    t = ((x - low) * (1.0 / (high - low))).clamp(0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def to_grid(image: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Pixel positions x, y (...) on image (..., H, W) → grid_sample's coordinates (..., 2)."""
    return torch.stack([x * (2.0 / (image.shape[-1] - 1)) - 1.0, y * (2.0 / (image.shape[-2] - 1)) - 1.0], -1)


def to_texture(position: Tensor, scale: Tensor) -> Tensor:
    """Photo position → position on a texture `scale` times as large, pixel centres at whole numbers."""
    return position * scale + 0.5 * (scale - 1.0)


def look_up(image: Tensor, grid: Tensor, mode: str = "bilinear") -> Tensor:
    """Sample image (B, C, H, W) at grid (B, h, w, 2) → (B, C, h, w). Cubic: a = -0.75, as in OpenCV and ONNX."""
    return functional.grid_sample(image, grid, mode=mode, padding_mode="border", align_corners=True)
