"""Curves → backward map on the motion grid: forward_field and backward_field of the pipeline, for N frames at once."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from weights.convert.warp.interface import CHANNELS, EXPRESSIONS
from weights.convert.warp.sampling import grid_of, look_up

ITERATIONS: Final = 6  # of the fixed point, as many as the pipeline has
_RADIANS: Final = 3.14159265358979 / 180.0


def curve(cur: Tensor, name: str, axes: int) -> Tensor:
    """One channel of cur (N, channels) as (N, 1, …) with `axes` axes."""
    index = CHANNELS.index(name)
    return cur[:, index : index + 1].reshape(-1, *(1 for _ in range(axes - 1)))


def sine_cosine(cur: Tensor, name: str) -> tuple[Tensor, Tensor]:
    angle = curve(cur, name, 3) * _RADIANS
    return torch.sin(angle), torch.cos(angle)


def forward_field(cur: Tensor, local: Tensor, allowed: Tensor, expressions: Tensor, head: Tensor) -> Tensor:
    """Displacement (N, 2, h, w) in pixels of the photo's points."""
    moved = curve(cur, EXPRESSIONS[0], 4) * expressions[0:1]
    for index in range(1, len(EXPRESSIONS)):
        moved = moved + curve(cur, EXPRESSIONS[index], 4) * expressions[index : index + 1]
    across_x, across_y, down_x, down_y = (head[i] for i in range(4))
    x = local[0] + moved[:, 0] * across_x + moved[:, 1] * across_y
    y = local[1] + moved[:, 0] * down_x + moved[:, 1] * down_y
    turned_x, turned_y = _turn(cur, x, y, local[2], head)
    shift_x, shift_y = turned_x - x, turned_y - y
    rigid = torch.stack([shift_x * across_x + shift_y * down_x, shift_x * across_y + shift_y * down_y], 1)
    return (rigid * allowed[0:1] + moved) * allowed[1:3]


def _turn(cur: Tensor, x: Tensor, y: Tensor, z: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
    """Yaw, pitch, a portrait lens' perspective, then roll about the neck. x, y (N, h, w), z (h, w)."""
    (sin_yaw, cos_yaw), (sin_pitch, cos_pitch), (sin_roll, cos_roll) = (
        sine_cosine(cur, name) for name in ("yaw", "pitch", "roll")
    )
    neck_x, neck_y, focal, width = (head[i] for i in range(4, 8))
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
        back = look_up(cells, grid_of(cells, x - back[:, 0], y - back[:, 1]))
    return back, grid_of(cells, x - back[:, 0], y - back[:, 1])


def light(cur: Tensor, shade: Tensor, sources: Tensor) -> Tensor:
    """Relative gain (N, 1, h, w) that the turn and the smile bring, moved with the skin; 0 = unchanged."""
    (sin_yaw, _), (sin_pitch, _) = sine_cosine(cur, "yaw"), sine_cosine(cur, "pitch")
    gain = curve(cur, "smile", 4) * shade[:, 0:1] + sin_yaw.unsqueeze(1) * shade[:, 1:2]
    gain = gain + sin_pitch.unsqueeze(1) * shade[:, 2:3]
    return look_up(gain, sources)
