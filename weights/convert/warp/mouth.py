"""Lips of N frames that part; see `pipeline.animate.warp.mouth`. Maps are (N, a, b), a, b the patch of the frame."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.animate.warp import formula
from weights.convert.warp.displacement import curve
from weights.convert.warp.sampling import look_up, smoothstep, to_grid, to_texture


@dataclass(frozen=True)
class Mouth:
    """The mouth on the photo; see `interface.AXES` for the shapes."""

    values: Tensor
    """The input `mouth`, (16,)."""
    line: Tensor
    """The input `mouth_line`, (1, 1, 1, L)."""
    share: Tensor
    """The input `mouth_share`, (1, 1, U, V)."""
    texture: Tensor
    """The input `texture`, (1, 3, P, Q), 0..255."""
    texture_scale: Tensor
    """Pixels of the texture a photo pixel, a scalar."""

    def value(self, name: str) -> Tensor:
        """A value of `formula.MOUTH_VALUES`, a scalar."""
        return self.values[formula.MOUTH_VALUES.index(name)]

    def local(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The mouth's coordinates (u, v) of photo positions x, y."""
        dx, dy = x - self.value("centre_x"), y - self.value("centre_y")
        u = dx * self.value("axis_u_x") + dy * self.value("axis_u_y")
        return u, dx * self.value("axis_v_x") + dy * self.value("axis_v_y")

    def from_photo(self, u: Tensor, v: Tensor) -> Tensor:
        """The photo at (u, v), cubic, 0..255: (N, a, b, 3)."""
        x = self.value("centre_x") + u * self.value("axis_u_x") + v * self.value("axis_v_x")
        y = self.value("centre_y") + u * self.value("axis_u_y") + v * self.value("axis_v_y")
        x, y = to_texture(x, self.texture_scale), to_texture(y, self.texture_scale)
        grid = to_grid(self.texture, x, y).reshape(1, -1, u.shape[-1], 2)
        found = look_up(self.texture, grid, "bicubic").clamp(0.0, 255.0)
        return found.reshape(3, *u.shape).permute(1, 2, 3, 0)


def draw_mouth(mouth: Mouth, cur: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Draw the lips at photo positions x, y (N, a, b).

    Returns:
        The picture (N, a, b, 3), 0..255, and how much it counts at each pixel (N, a, b), 0..1.
    """
    jaw = curve(cur, "jaw", 3)
    u, v = mouth.local(x, y)
    along = (u / mouth.value("half_width")).clamp(-1.0, 1.0)
    half_gap = 0.5 * mouth.value("gap") * jaw * (1.0 - along * along)
    row = torch.stack([along, torch.zeros_like(along)], -1).reshape(1, -1, along.shape[-1], 2)
    line = look_up(mouth.line, row).reshape(along.shape)
    from_line = v - line
    above = from_line < 0.0
    beyond = from_line.abs() - half_gap
    reach = torch.where(above, mouth.value("reach_up"), mouth.value("reach_down"))
    shift = half_gap * (1.0 - smoothstep(beyond.clamp(min=0.0) / reach, 0.0, 1.0))
    from_v = torch.where(above, (from_line + shift).clamp(max=0.0), (from_line - shift).clamp(min=0.0))
    lips = mouth.from_photo(u, line + from_v)
    first, more = formula.MOUTH_DARK
    deep = (0.5 * from_line / half_gap.clamp(min=1e-3) + 0.5).clamp(0.0, 1.0)
    red = formula.MOUTH_VALUES.index("red")
    dark = mouth.values[red : red + 3] * (first + more * deep).unsqueeze(-1)
    feather = 2.0 * mouth.value("feather")
    cover = (0.5 - beyond / feather).clamp(0.0, 1.0) * (2.0 * half_gap / feather).clamp(max=1.0)
    picture = lips + (dark - lips) * cover.unsqueeze(-1)
    place = to_grid(mouth.share, x - mouth.value("box_left"), y - mouth.value("box_top"))
    share = look_up(mouth.share, place.reshape(1, -1, x.shape[-1], 2)).reshape(x.shape)
    return picture, share * (jaw > formula.LEAST_JAW)
