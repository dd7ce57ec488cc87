"""The net F, which makes a volume of features of a portrait."""

from __future__ import annotations

from torch import Tensor, nn

from weights.convert.liveportrait.blocks import Down2d, Residual3d, Same2d
from weights.convert.liveportrait.sizes import Sizes


class Appearance(nn.Module):
    """F: pictures (N, 3, side, side) RGB 0..1 → volumes (N, channels, depth, side/4, side/4)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        most, base = sizes.flat, sizes.base
        widths = [min(most, base * factor) for factor in (1, 2, 4)]
        self.first = Same2d(3, base)
        self.down_blocks = nn.ModuleList([Down2d(widths[0], widths[1]), Down2d(widths[1], widths[2])])
        self.second = nn.Conv2d(widths[2], most, 1)
        self.resblocks_3d = nn.Sequential()
        for index in range(sizes.residuals):
            self.resblocks_3d.add_module(f"3dr{index}", Residual3d(sizes.channels))
        self.shape = (sizes.channels, sizes.depth, sizes.grid, sizes.grid)

    def forward(self, picture: Tensor) -> Tensor:
        x = self.first(picture)
        for block in self.down_blocks:
            x = block(x)
        volume: Tensor = self.resblocks_3d(self.second(x).reshape(-1, *self.shape))
        return volume
