"""The net W, which moves the feature volume from the photo's keypoints to a frame's."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from weights.convert.liveportrait.blocks import Down3d, Same2d, Up3d
from weights.convert.liveportrait.sampling import Hats, Sampler, axis_positions
from weights.convert.liveportrait.sizes import KEYPOINTS, Sizes

_SHARPNESS: Final = -0.5 / 0.01  # of the Gaussian around a keypoint


class Encoder(nn.Module):
    """Each step halves width and height; the result of every step is kept."""

    def __init__(self, widths: list[int], depth: int, side: int) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(
            Down3d(widths[i], widths[i + 1], (depth, side >> i, side >> i)) for i in range(len(widths) - 1)
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        found = [x]
        for block in self.down_blocks:
            found.append(block(found[-1]))
        return found


class Decoder(nn.Module):
    """The way back, each step joined by what the encoder had at that size."""

    def __init__(self, widths: list[int], base: int, depth: int, side: int) -> None:
        super().__init__()
        blocks, count = [], len(widths) - 1
        for i in reversed(range(count)):
            fan_in = widths[i + 1] * (1 if i == count - 1 else 2)
            fan_out = widths[i] if i else base
            blocks.append(Up3d(fan_in, fan_out, (depth, side >> (i + 1), side >> (i + 1))))
        self.up_blocks = nn.ModuleList(blocks)
        joined = base + widths[0]
        self.conv = nn.Conv3d(joined, joined, 3, padding=1)
        self.norm = nn.BatchNorm3d(joined)

    def forward(self, found: list[Tensor]) -> Tensor:
        x = found[-1]
        for block, skip in zip(self.up_blocks, found[-2::-1], strict=True):
            x = torch.cat([block(x), skip], 1)
        return functional.relu(self.norm(self.conv(x)))


class Hourglass(nn.Module):
    """Encoder and decoder, (N, fan_in, D, H, W) → (N, base + fan_in, D, H, W)."""

    def __init__(self, fan_in: int, sizes: Sizes) -> None:
        super().__init__()
        base = sizes.hourglass_base
        widths = [min(sizes.hourglass_most, base << (i + 1)) for i in range(sizes.hourglass_blocks)]
        self.encoder = Encoder([fan_in, *widths], sizes.depth, sizes.grid)
        self.decoder = Decoder([fan_in, *widths], base, sizes.depth, sizes.grid)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.decoder(self.encoder(x))
        return result


def _after_still(x: Tensor) -> Tensor:
    """Prepend a zero, (N, 21, …) → (N, 22, …): the background, which no keypoint moves.

    Not by `pad`, of which the exporter makes ten nodes.
    """
    return torch.cat([x[:, :1] * 0.0, x], 1)


class Shifts(nn.Module):
    """From a frame's keypoints to the photo's, (N, 22, 3); a module of its own because it stays fp32 in fp16."""

    def forward(self, driving: Tensor, source: Tensor) -> Tensor:
        return _after_still(source - driving)


class Heatmaps(nn.Module):
    """Nearness of each cell to a keypoint of the frame, less that to the photo's keypoint, (N, 21, D, H, W).

    A Gaussian of three dimensions is the product of three of one.
    """

    across: Tensor
    """(grid,), -1..1: the cells' places along x and y."""
    inward: Tensor
    """(depth,), -1..1: the cells' places along z."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.register_buffer("across", axis_positions(sizes.grid), persistent=False)
        self.register_buffer("inward", axis_positions(sizes.depth), persistent=False)

    def forward(self, driving: Tensor, source: Tensor) -> Tensor:
        return self._gaussian(driving) - self._gaussian(source)

    def _gaussian(self, keypoints: Tensor) -> Tensor:
        axes = ((0, self.across), (1, self.across), (2, self.inward))
        x, y, z = (torch.exp((at - keypoints[:, :, i : i + 1]).square() * _SHARPNESS) for i, at in axes)
        return z[:, :, :, None, None] * (y.unsqueeze(-1) * x.unsqueeze(-2)).unsqueeze(2)


class Deformation(nn.Module):
    """The place in the photo's volume that each cell of a frame is taken from: (N, D, H, W, 3).

    The official nets blend 22 whole fields; each is the same grid and a shift, so only the shifts are blended.
    """

    grid: Tensor
    """(1, D, H, W, 3), -1..1: the cells' own places."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        across, inward = axis_positions(sizes.grid), axis_positions(sizes.depth)
        z, y, x = torch.meshgrid(inward, across, across, indexing="ij")
        self.register_buffer("grid", torch.stack([x, y, z], -1).unsqueeze(0), persistent=False)
        self.shape = (sizes.depth, sizes.grid, sizes.grid)

    def forward(self, logits: Tensor, shifts: Tensor) -> Tensor:
        """Blend the shifts (N, 22, 3) by logits (N, 22, D, H, W)."""
        cells = self.shape[0] * self.shape[1] * self.shape[2]
        mask = torch.softmax(logits, 1).reshape(-1, KEYPOINTS + 1, cells)
        moved = torch.matmul(mask.transpose(1, 2), shifts)
        return self.grid + moved.reshape(-1, *self.shape, 3)


class DenseMotion(nn.Module):
    """Keypoints → a motion of every cell, and how much of it was hidden."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        fan_in = (KEYPOINTS + 1) * (sizes.compressed + 1)
        fan_out = fan_in + sizes.hourglass_base
        self.hourglass = Hourglass(fan_in, sizes)
        self.mask = nn.Conv3d(fan_out, KEYPOINTS + 1, 7, padding=3)
        self.compress = nn.Conv3d(sizes.channels, sizes.compressed, 1)
        self.norm = nn.BatchNorm3d(sizes.compressed)
        self.occlusion = nn.Conv2d(fan_out * sizes.depth, 1, 7, padding=3)
        self.shifts, self.heatmaps = Shifts(), Heatmaps(sizes)
        self.hats_across, self.hats_inward = Hats(sizes.grid), Hats(sizes.depth)
        self.deformation = Deformation(sizes)
        self.sizes, self.fan_out = sizes, fan_out

    def forward(self, volume: Tensor, driving: Tensor, source: Tensor) -> tuple[Tensor, Tensor]:
        """Estimate positions (N, D, H, W, 3), and how far each pixel is visible (N, 1, H, W), 0..1."""
        depth, side = self.sizes.depth, self.sizes.grid
        shifts = self.shifts(driving, source)
        heat = _after_still(self.heatmaps(driving, source))
        small = functional.relu(self.norm(self.compress(volume)))
        both = torch.cat([heat.unsqueeze(2), self._shifted(small, shifts)], 2)
        x = self.hourglass(both.reshape(-1, (KEYPOINTS + 1) * (self.sizes.compressed + 1), depth, side, side))
        positions = self.deformation(self.mask(x), shifts)
        return positions, torch.sigmoid(self.occlusion(x.reshape(-1, self.fan_out * depth, side, side)))

    def _shifted(self, small: Tensor, shifts: Tensor) -> Tensor:
        """Shift a volume (1, C, D, H, W) by each of (N, 22, 3) → (N, 22, C, D, H, W), by three products of matrices."""
        count, depth, side = self.sizes.compressed, self.sizes.depth, self.sizes.grid
        over_x, over_y = self.hats_across(shifts, 0), self.hats_across(shifts, 1)
        over_z = self.hats_inward(shifts, 2)
        x = torch.matmul(small.reshape(1, 1, count * depth * side, side), over_x.transpose(2, 3))
        x = x.reshape(-1, KEYPOINTS + 1, count * depth, side, side)
        x = torch.matmul(over_y.unsqueeze(2), x).reshape(-1, KEYPOINTS + 1, count, depth, side * side)
        x = torch.matmul(over_z.unsqueeze(2), x)
        return x.reshape(-1, KEYPOINTS + 1, count, depth, side, side)


class Warping(nn.Module):
    """W: volume (1, C, D, H, W), driving (N, 21, 3), source (1, 21, 3) → features (N, decoded, H, W)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.dense_motion_network = DenseMotion(sizes)
        self.sampler = Sampler(sizes.channels, sizes.depth, sizes.grid)
        self.third = Same2d(sizes.flat, sizes.decoded, leaky=True)
        self.fourth = nn.Conv2d(sizes.decoded, sizes.decoded, 1)
        self.sizes = sizes

    def forward(self, volume: Tensor, driving: Tensor, source: Tensor) -> Tensor:
        positions, visible = self.dense_motion_network(volume, driving, source)
        moved = self.sampler(volume, positions).reshape(-1, self.sizes.flat, self.sizes.grid, self.sizes.grid)
        result: Tensor = self.fourth(self.third(moved)) * visible
        return result
