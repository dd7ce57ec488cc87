"""Both eyes of N frames: eyeball, lower lid, upper lid, lashes. The pipeline's draw_eye, batched.

Scalars of an eye are (2, 1, 1, 1), of an eye in a frame (2, N, 1, 1), maps (2, N, a, b), pictures (2, N, a, b, 3):
the person's right eye first, a, b the patch of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from weights.convert.warp.field import curve
from weights.convert.warp.sampling import finer, grid_of, look_up, smoothstep

_STRETCH: Final = (0.02, 0.40, 0.86, 1.0)  # where the lid's skin stretches: brow end and margin stay rigid
_HARDLY: Final = 0.004  # a lid that has moved less is not drawn
_SKINS, _GRAIN, _RATIO, _LASH, _RIM = (0, 7), (7, 10), (10, 13), (13, 14), (14, 15)  # channels of `eye_images`


@dataclass(frozen=True)
class Eyes:
    """The statics of both eyes, see `interface.AXES`."""

    values: Tensor
    table: Tensor
    images: Tensor
    texture: Tensor
    finer: Tensor

    def scalar(self, index: int) -> Tensor:
        return self.values[:, index : index + 1].reshape(2, 1, 1, 1)

    @property
    def width(self) -> Tensor:
        return self.scalar(6)

    @property
    def softness(self) -> Tensor:
        return self.scalar(10)

    def local(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Photo positions → (u, v)."""
        dx, dy = x - self.scalar(0), y - self.scalar(1)
        return dx * self.scalar(2) + dy * self.scalar(3), dx * self.scalar(4) + dy * self.scalar(5)

    def place(self, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """(u, v) → photo positions."""
        x = self.scalar(0) + u * self.scalar(2) + v * self.scalar(4)
        return x, self.scalar(1) + u * self.scalar(3) + v * self.scalar(5)

    def curves(self, u: Tensor) -> list[Tensor]:
        """The seven curves at u, each (2, N, a, b)."""
        across = (u / self.width).reshape(2, -1, u.shape[-1])
        found = look_up(self.table, torch.stack([across, torch.zeros_like(across)], -1))
        return [found[:, i].reshape(u.shape) for i in range(7)]

    def from_photo(self, u: Tensor, v: Tensor) -> Tensor:
        """The photo at (u, v), cubic, 0..255. Eyes and frames are folded into the grid's height."""
        x, y = (finer(position, self.finer) for position in self.place(u, v))
        grid = grid_of(self.texture, x, y).reshape(1, -1, u.shape[-1], 2)
        found = look_up(self.texture, grid, "bicubic").clamp(0.0, 255.0)
        return found.reshape(3, *u.shape).permute(1, 2, 3, 4, 0)

    def from_box(self, channels: tuple[int, int], u: Tensor, v: Tensor) -> Tensor:
        """Pictures of the eye's box at (u, v): (2, N, a, b, channels)."""
        x, y = self.place(u, v)
        grid = grid_of(self.images, x - self.scalar(12), y - self.scalar(13)).reshape(2, -1, u.shape[-1], 2)
        count = channels[1] - channels[0]
        found = look_up(self.images[:, channels[0] : channels[1]], grid)
        return found.reshape(2, count, *u.shape[1:]).permute(0, 2, 3, 4, 1)


@dataclass(frozen=True)
class _Lids:
    """Everything of a patch that several parts of an eye need."""

    blink: Tensor
    u: Tensor
    v: Tensor
    upper: Tensor
    lower: Tensor
    travel: Tensor
    rise: Tensor
    top: Tensor
    opening: Tensor
    strength: Tensor
    moved: Tensor
    margin: Tensor


def draw_eyes(eyes: Eyes, cur: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """For photo positions x, y (2, N, a, b): the picture (2, N, a, b, 3) 0..255, and where it counts (2, N, a, b)."""
    blink = torch.stack([curve(cur, "blink_r", 3), curve(cur, "blink_l", 3)]) * eyes.scalar(9)
    u, v = eyes.local(x, y)
    upper, lower, travel, rise, top, opening, strength = eyes.curves(u)
    width = eyes.width
    window = (1.0 - _eighth((u / (0.98 * width)).abs())) * (1.0 - _eighth((v / (0.88 * width)).abs()))
    moved = travel * blink
    lids = _Lids(blink, u, v, upper, lower, travel, rise, top, opening, strength, moved, upper + moved)
    shuts = (blink > _HARDLY).unsqueeze(-1)
    open_eye = _eyeball_and_lower_lid(eyes, cur, lids)
    feather = torch.maximum(0.012 * width, 0.8 * eyes.softness).clamp(min=0.6)
    shut = (moved / (0.02 * width)).clamp(max=1.0)
    cover = ((lids.margin + 0.035 * width * shut - v) / (2.0 * feather) + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
    picture = open_eye + (_upper_lid(eyes, lids) - open_eye) * cover
    picture = picture * _lashes_below(eyes, lids)
    window = window * eyes.scalar(11) * (1.0 - eyes.from_box(_RIM, u, v).squeeze(-1))
    return torch.where(shuts, picture, open_eye), window


def _eighth(x: Tensor) -> Tensor:
    square = x.clamp(max=1.0) ** 2
    return square * square * square * square


def _eyeball_and_lower_lid(eyes: Eyes, cur: Tensor, lids: _Lids) -> Tensor:
    width, u, v, blink = eyes.width, lids.u, lids.v, lids.blink
    window = (1.0 - ((u - eyes.scalar(7)) / (0.62 * width)) ** 2).clamp(0.0, 1.0)
    window = window * (1.0 - ((v - eyes.scalar(8)) / (0.45 * width)) ** 2).clamp(0.0, 1.0)
    inside = smoothstep((v - lids.upper) / width, 0.0, 0.07)
    inside = inside * (1.0 - smoothstep((v - lids.lower) / width, -0.06, 0.0))
    window = window * (0.35 + 0.65 * inside) * width
    ball = eyes.from_photo(u - curve(cur, "gaze_x", 3) * window, v - curve(cur, "gaze_y", 3) * window)
    depth = (v - lids.margin).clamp(min=0.0) / (0.08 * width)
    shadow = 0.30 * (2.5 * blink).clamp(max=1.0) * torch.exp(-depth)
    shadow = shadow * (lids.opening / (0.1 * width)).clamp(max=1.0)
    ball = ball * (1.0 - torch.where(blink > _HARDLY, shadow, torch.zeros_like(shadow))).unsqueeze(-1)
    squint = 0.03 * curve(cur, "smile", 3)
    rise = lids.rise * blink + squint * width * (lids.opening / (0.3 * width)).clamp(max=1.0)
    edge = lids.lower - rise
    below = ((v - edge) / (0.45 * width)).clamp(0.0, 1.0)
    lid = eyes.from_photo(u, v + rise * (1.0 - smoothstep(below, 0.0, 1.0)))
    feather = (0.012 * width).clamp(min=0.6)
    cover = ((v - edge + 0.01 * width) / (2.0 * feather) + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
    return ball + (lid - ball) * cover


def _stretched(s: Tensor) -> Tensor:
    """Integral (0..1) of a trapezoid over s: how far the skin at s has gone of the margin's way."""
    a, b, c, d = _STRETCH
    area = (c - b) + 0.5 * (b - a) + 0.5 * (d - c)
    rise = (s - a).clamp(0.0, b - a)
    fall = (s - c).clamp(0.0, d - c)
    total = rise * rise / (2 * (b - a)) + (s - b).clamp(0.0, c - b) + fall - fall * fall / (2 * (d - c))
    return total / area


def _upper_lid(eyes: Eyes, lids: _Lids) -> Tensor:
    """Skin of the lid as it comes down, darkened by the lashes."""
    width, u, v = eyes.width, lids.u, lids.v
    s = (v - lids.top) / (lids.margin - lids.top).clamp(min=1e-3)
    from_v = v - lids.moved * torch.where(v > lids.margin, torch.ones_like(s), _stretched(s))
    found = eyes.from_box(_SKINS, u, from_v)
    skin, soft, grain_at = found[..., 0:3], found[..., 3:6], found[..., 6:7]
    flat = 0.90 * (lids.moved / (0.2 * width)).clamp(max=1.0) * smoothstep(s, 0.08, 0.4)
    flat = flat * ((0.999 - s) * 50.0).clamp(0.0, 1.0)
    skin = skin + (soft - skin) * flat.unsqueeze(-1)
    grain_at = grain_at * (3.0 * lids.blink).clamp(max=1.0).unsqueeze(-1)
    skin = skin + eyes.from_box(_GRAIN, u, v - 0.6 * lids.moved) * grain_at
    d = v - lids.margin
    return skin * _darkness(eyes, lids, d) * _bulge(d, lids.moved, width)


def _darkness(eyes: Eyes, lids: _Lids, d: Tensor) -> Tensor:
    """The photo's own lashes, foreshortened and fading as the lid comes down, then the line where the lids meet."""
    width, blink = eyes.width, lids.blink
    fade = smoothstep(blink, 0.15, 0.85)
    shown_v = lids.upper + torch.where(d < 0.0, d / (1.0 - 0.8 * blink).clamp(min=0.2), d)
    most = (3.0 - 12.0 * blink).clamp(min=1.0).unsqueeze(-1)
    lashes = torch.minimum(eyes.from_box(_RATIO, lids.u, shown_v).clamp(min=0.03), most)
    core = torch.exp(-((d / (0.035 * width)) ** 2))
    lashes = lashes ** (1.0 - fade * (1.0 - 0.35 * core)).unsqueeze(-1)
    shut = smoothstep(blink, 0.02, 0.4)
    sigma, darkest, kept = (eyes.scalar(i) for i in (14, 15, 16))
    peak = darkest * shut * (lids.travel / (0.06 * width)).clamp(max=1.0)
    line = 1.0 - (1.0 - kept * lids.strength) * peak * torch.exp(-(((d - 0.006 * width) / sigma) ** 2))
    return torch.minimum(lashes, line.unsqueeze(-1))


def _bulge(d: Tensor, moved: Tensor, width: Tensor) -> Tensor:
    """The eyeball under the lid: a light band on its height, shade at the crease and the margin."""
    bow = (moved / (0.2 * width)).clamp(max=1.0)
    h = (-d / (moved + 0.08 * width)).clamp(0.0, 2.0)
    bright = 0.035 * torch.exp(-(((h - 0.55) / 0.25) ** 2))
    shade = 0.05 * torch.exp(-(((h - 1.05) / 0.16) ** 2)) + 0.05 * torch.exp(-((h / 0.10) ** 2))
    return (1.0 + bow * (bright - shade)).unsqueeze(-1)


def _lashes_below(eyes: Eyes, lids: _Lids) -> Tensor:
    """Lashes turn down as the eye shuts: a flattened mirror image of them below the margin."""
    width, d = eyes.width, lids.v - lids.margin
    sharp = 1.0 - smoothstep(eyes.softness / width, 0.03, 0.07)
    turned = smoothstep(lids.blink, 0.35, 1.0) * sharp
    lash = eyes.from_box(_LASH, lids.u, lids.upper - d.clamp(min=0.0) / (0.15 + 0.45 * turned))
    below = smoothstep(d / width, -0.005, 0.015)
    return lash.clamp(0.05, 1.0) ** (0.75 * turned * below).unsqueeze(-1)
