"""From curve values to the backward map, for N frames at once; see `pipeline.animate.warp.displacement`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from pipeline.animate.warp.formula import DISPLACEMENTS, HEAD_VALUES, ITERATIONS, SHADED_EXPRESSIONS
from pipeline.motion.channels import CHANNELS, FOLLOWERS
from weights.convert.warp.sampling import look_up, to_grid

_RADIANS: Final = 3.14159265358979 / 180.0


def curve(cur: Tensor, name: str, axes: int) -> Tensor:
    """One channel of the curve values cur (N, channels) as (N, 1, …) with `axes` axes."""
    index = (*CHANNELS, *FOLLOWERS).index(name)
    return cur[:, index : index + 1].reshape(-1, *(1 for _ in range(axes - 1)))


def sine_cosine(cur: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Sine and cosine of a channel in degrees, each (N, 1, 1)."""
    angle = curve(cur, name, 3) * _RADIANS
    return torch.sin(angle), torch.cos(angle)


def forward_field(cur: Tensor, local: Tensor, allowed: Tensor, expressions: Tensor, head: Tensor) -> Tensor:
    """Displacement (N, 2, h, w) in pixels of the photo's points; see `interface.AXES` for the inputs."""
    moved = _sum(_columns(cur, DISPLACEMENTS), expressions)
    across_x, across_y, down_x, down_y = _head(head, "across_x", "across_y", "down_x", "down_y")
    x = local[0] + moved[:, 0] * across_x + moved[:, 1] * across_y
    y = local[1] + moved[:, 0] * down_x + moved[:, 1] * down_y
    turned_x, turned_y = _turn(cur, x, y, local[2], head)
    shift_x, shift_y = turned_x - x, turned_y - y
    rigid = torch.stack([shift_x * across_x + shift_y * down_x, shift_x * across_y + shift_y * down_y], 1)
    return (rigid * allowed[0:1] + moved) * allowed[1:3]


def _columns(cur: Tensor, names: Sequence[str]) -> Tensor:
    """Channels of the curve values cur (N, channels), (N, len(names))."""
    return torch.cat([curve(cur, name, 2) for name in names], 1)


def _sum(shares: Tensor, maps: Tensor) -> Tensor:
    """Maps (M, C, h, w), each times its share (N, M), summed: (N, C, h, w)."""
    flat = shares @ maps.reshape(maps.shape[0], -1)
    return flat.reshape(-1, maps.shape[1], maps.shape[2], maps.shape[3])


def _head(head: Tensor, *names: str) -> list[Tensor]:
    """Values of the input `head` by their names."""
    return [head[HEAD_VALUES.index(name)] for name in names]


def _turn(cur: Tensor, x: Tensor, y: Tensor, z: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
    """Yaw, pitch, a portrait lens' perspective, then roll about the neck. x, y (N, h, w), z (h, w)."""
    (sin_yaw, cos_yaw), (sin_pitch, cos_pitch), (sin_roll, cos_roll) = (
        sine_cosine(cur, name) for name in ("yaw", "pitch", "roll")
    )
    neck_x, neck_y, focal, width = _head(head, "neck_x", "neck_y", "focal", "width")
    x1 = x * cos_yaw - z * sin_yaw
    z1 = x * sin_yaw + z * cos_yaw
    y1 = y * cos_pitch - z1 * sin_pitch
    z2 = y * sin_pitch + z1 * cos_pitch
    nearer = (focal + z) / (focal + z2)
    x1, y1 = x1 * nearer - neck_x, y1 * nearer - neck_y
    return (
        x1 * cos_roll - y1 * sin_roll + neck_x + curve(cur, "sway_x", 3) * width,
        x1 * sin_roll + y1 * cos_roll + neck_y + curve(cur, "sway_y", 3) * width,
    )


def backward_field(forward: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """Displacement d (N, 2, h, w) in grid cells with source = target - d, and the grid (N, h, w, 2) of the sources.

    The fixed point d(p) = D(p - d(p)).
    """
    cells = forward / step
    x = torch.arange(forward.shape[-1]).to(forward.dtype)
    y = torch.arange(forward.shape[-2]).to(forward.dtype).unsqueeze(-1)
    back = cells
    for _ in range(ITERATIONS):
        back = look_up(cells, to_grid(cells, x - back[:, 0], y - back[:, 1]))
    return back, to_grid(cells, x - back[:, 0], y - back[:, 1])


def light_gain(cur: Tensor, shade: Tensor, sources: Tensor) -> Tensor:
    """Relative gain (N, 1, h, w) that turn and expressions bring, moved with the skin; 0 = unchanged."""
    turn = torch.sin(_columns(cur, ("yaw", "pitch")) * _RADIANS)
    shares = torch.cat([_columns(cur, SHADED_EXPRESSIONS), turn], 1)
    return look_up(_sum(shares, shade.transpose(0, 1)), sources)
