"""Values of a volume between its cells, in ways that runtimes have.

Positions are -1..1, (x, y, z) = right, down, inward; cell centres as grid_sample has them with align_corners=False.
Outside of the volume is zero.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from weights.liveportrait.pack import Form


def axis_positions(count: int) -> Tensor:
    """Positions -1..1 from the first to the last of `count` cells.

    The nets learned with this grid although it is looked up as if -1 and 1 were the outer edges of the cells.
    """
    return torch.arange(count, dtype=torch.float32) * (2.0 / (count - 1)) - 1.0


class Hats(nn.Module):
    """Weights for sampling a volume that is shifted as a whole, axis by axis.

    The weight of cell j at position p is max(0, 1 - |p - j|); zero outside comes by itself.
    """

    positions: Tensor
    """(count,), -1..1: the outputs' places, see `axis_positions`."""
    cells: Tensor
    """(count,): the numbers of the cells."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.register_buffer("positions", axis_positions(count), persistent=False)
        self.register_buffer("cells", torch.arange(count, dtype=torch.float32), persistent=False)

    def forward(self, shifts: Tensor, axis: int) -> Tensor:
        """Weights (N, K, count of outputs, count of cells) of shifts (N, K, 3) along an axis."""
        at = ((self.positions + shifts[:, :, axis : axis + 1] + 1.0) * float(self.count) - 1.0) * 0.5
        return torch.relu(1.0 - (at.unsqueeze(-1) - self.cells).abs())


class Sampler(nn.Module):
    """Samples a volume (1, C, D, H, W) at positions (N, D, H, W, 3) → (N, C, D, H, W).

    The frames are folded into the depth of the positions, so that the volume itself is never repeated.
    """

    empty: Tensor
    """(1, channels, depth, 1, side), zeros: an empty row for each slice."""

    def __init__(self, channels: int, depth: int, side: int) -> None:
        super().__init__()
        self.register_buffer("empty", torch.zeros(1, channels, depth, 1, side), persistent=False)
        self.channels, self.depth, self.side = channels, depth, side
        self.form: Form = "5d"

    def forward(self, volume: Tensor, positions: Tensor) -> Tensor:
        look_up = self._volumes if self.form == "5d" else self._pictures
        found = look_up(volume, positions).reshape(self.channels, -1, self.depth, self.side, self.side)
        return found.transpose(0, 1)

    def _volumes(self, volume: Tensor, positions: Tensor) -> Tensor:
        positions = positions.reshape(1, -1, self.side, self.side, 3)
        return functional.grid_sample(volume, positions, mode="bilinear", align_corners=False)

    def _pictures(self, volume: Tensor, positions: Tensor) -> Tensor:
        """Each slice of the volume is a picture; the two nearest ones are blended.

        The slices lie above each other in one picture, with an empty row at both ends of each.
        """
        side, last = self.side, float(self.depth - 1)
        rows = side + 2
        stacked = torch.cat([self.empty, volume, self.empty], 3).reshape(1, self.channels, self.depth * rows, side)
        x, y, z = positions.reshape(1, -1, side, 3).unbind(-1)
        # bounds as floats: with whole numbers torch 2.13's other exporter makes an invalid graph
        y = (((y + 1.0) * float(side) - 1.0) * 0.5).clamp(-1.0, float(side))
        z = ((z + 1.0) * float(self.depth) - 1.0) * 0.5
        below = torch.floor(z)
        fraction = z - below
        found = []
        for layer, weight in ((below, 1.0 - fraction), (below + 1.0, fraction)):
            inside = ((layer >= 0.0) & (layer <= last)).to(weight.dtype)
            row = layer.clamp(0.0, last) * float(rows) + y + 1.0
            at = torch.stack([x, (2.0 * row + 1.0) * (1.0 / (self.depth * rows)) - 1.0], -1)
            picture = functional.grid_sample(stacked, at, mode="bilinear", align_corners=False)
            found.append(picture * (weight * inside).unsqueeze(1))
        return found[0] + found[1]
