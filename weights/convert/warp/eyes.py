"""Both eyes of N frames: eyeball, lower lid, upper lid, lashes; see `pipeline.animate.warp.eyes.draw`.

Scalars of an eye are (2, 1, 1, 1), of an eye in a frame (2, N, 1, 1), maps (2, N, a, b), pictures (2, N, a, b, 3):
the person's right eye first, a, b the patch of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.animate.warp import formula
from weights.convert.warp.displacement import curve, sine_cosine
from weights.convert.warp.sampling import look_up, smoothstep, to_grid, to_texture


@dataclass(frozen=True)
class Eyes:
    """Both eyes on the photo; see `interface.AXES` for the shapes."""

    values: Tensor
    """The input `eyes`, (2, 15)."""
    table: Tensor
    """The input `eye_table`, (2, 6, 1, T): the lids' curves."""
    images: Tensor
    """The input `eye_images`, (2, 15, R, S): pictures of the eyes' boxes."""
    texture: Tensor
    """The input `texture`, (1, 3, P, Q), 0..255."""
    texture_scale: Tensor
    """Pixels of the texture a photo pixel, a scalar."""

    def scalar(self, name: str) -> Tensor:
        """A value of `formula.EYE_VALUES`, (2, 1, 1, 1)."""
        index = formula.EYE_VALUES.index(name)
        return self.values[:, index : index + 1].reshape(2, 1, 1, 1)

    @property
    def width(self) -> Tensor:
        """The eyes' widths in pixels."""
        return self.scalar("width")

    @property
    def softness(self) -> Tensor:
        """Sigma of the photo's own blur in pixels."""
        return self.scalar("softness")

    def local(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The eye's coordinates (u, v) of photo positions x, y."""
        dx, dy = x - self.scalar("centre_x"), y - self.scalar("centre_y")
        u = dx * self.scalar("axis_u_x") + dy * self.scalar("axis_u_y")
        return u, dx * self.scalar("axis_v_x") + dy * self.scalar("axis_v_y")

    def place(self, u: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Photo positions x, y of (u, v)."""
        x = self.scalar("centre_x") + u * self.scalar("axis_u_x") + v * self.scalar("axis_v_x")
        return x, self.scalar("centre_y") + u * self.scalar("axis_u_y") + v * self.scalar("axis_v_y")

    def curves(self, u: Tensor) -> list[Tensor]:
        """The curves of `formula.LID_CURVES` at u, each (2, N, a, b)."""
        across = (u / self.width).reshape(2, -1, u.shape[-1])
        found = look_up(self.table, torch.stack([across, torch.zeros_like(across)], -1))
        return [found[:, i].reshape(u.shape) for i in range(len(formula.LID_CURVES))]

    def from_photo(self, u: Tensor, v: Tensor) -> Tensor:
        """The photo at (u, v), cubic, 0..255. Eyes and frames are folded into the grid's height."""
        x, y = (to_texture(position, self.texture_scale) for position in self.place(u, v))
        grid = to_grid(self.texture, x, y).reshape(1, -1, u.shape[-1], 2)
        found = look_up(self.texture, grid, "bicubic").clamp(0.0, 255.0)
        return found.reshape(3, *u.shape).permute(1, 2, 3, 4, 0)

    def from_box(self, u: Tensor, v: Tensor, first: str, last: str | None = None) -> Tensor:
        """Pictures of `formula.EYE_IMAGES`, first to last, at (u, v): (2, N, a, b, channels)."""
        start, end = _channels(first)[0], _channels(last or first)[1]
        x, y = self.place(u, v)
        x, y = x - self.scalar("box_left"), y - self.scalar("box_top")
        grid = to_grid(self.images, x, y).reshape(2, -1, u.shape[-1], 2)
        found = look_up(self.images[:, start:end], grid)
        return found.reshape(2, end - start, *u.shape[1:]).permute(0, 2, 3, 4, 1)


def _channels(name: str) -> tuple[int, int]:
    """The first channel of a picture of `formula.EYE_IMAGES`, and the one after its last."""
    start = 0
    for image, channels in formula.EYE_IMAGES:
        if image == name:
            return start, start + channels
        start += channels
    raise ValueError(f"no picture is called {name}")


@dataclass(frozen=True)
class _Lids:
    """Both eyes at the pixels of the frames' patches, (2, N, a, b); see `Contour` for u, v and the curves."""

    blink: Tensor
    """(2, N, 1, 1), how far an eye is shut, 0..1."""
    u: Tensor
    """Place along the eye, pixels of the photo."""
    v: Tensor
    """Place downwards, pixels of the photo."""
    upper: Tensor
    """The curve `upper` at u."""
    lower: Tensor
    """The curve `lower` at u."""
    travel: Tensor
    """The curve `travel` at u."""
    rise: Tensor
    """The curve `rise` at u."""
    top: Tensor
    """The curve `top` at u."""
    opening: Tensor
    """The curve `opening` at u."""
    moved: Tensor
    """How far the upper lid's margin has come down."""
    margin: Tensor
    """Where the upper lid's margin is."""


def draw_eyes(eyes: Eyes, cur: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Draw both eyes at photo positions x, y (2, N, a, b).

    Returns:
        The picture (2, N, a, b, 3), 0..255, and how much it counts at each pixel (2, N, a, b), 0..1.
    """
    blink = torch.stack([curve(cur, "blink_r", 3), curve(cur, "blink_l", 3)])
    blink = _lid_way(blink) * eyes.scalar("blink")
    u, v = eyes.local(x, y)
    upper, lower, travel, rise, top, opening = eyes.curves(u)
    width = eyes.width
    half_u, half_v = formula.EYE_WINDOW
    window = (1.0 - _eighth_power((u / (half_u * width)).abs())) * (1.0 - _eighth_power((v / (half_v * width)).abs()))
    moved = travel * blink * _arc(opening / width, eyes.scalar("openness"), blink)
    lids = _Lids(blink, u, v, upper, lower, travel, rise, top, opening, moved, upper + moved)
    shuts = (blink > formula.LEAST_BLINK).unsqueeze(-1)
    open_eye = _eyeball_and_lower_lid(eyes, cur, lids)
    feather = torch.maximum(formula.FEATHER * width, formula.UPPER_FEATHER * eyes.softness)
    feather = feather.clamp(min=formula.LEAST_FEATHER)
    shut = (moved / (formula.COVER_TRAVEL * width)).clamp(max=1.0)
    edge = lids.margin + formula.COVER_OFFSET * width * shut
    cover = ((edge - v) / (2.0 * feather) + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
    picture = open_eye + (_upper_lid(eyes, lids) - open_eye) * cover
    picture = picture * _shut_lashes(eyes, lids)
    window = window * eyes.scalar("present") * (1.0 - eyes.from_box(u, v, "rim").squeeze(-1))
    return torch.where(shuts, picture, open_eye), window


def _lid_way(blink: Tensor) -> Tensor:
    """The share of its way, 0..1, that a lid has gone at a blink's curve value, 0..1."""
    square = blink * blink
    return blink - formula.LID_LAG * square * square * (1.0 - blink)


def _arc(opening: Tensor, openness: Tensor, blink: Tensor) -> Tensor:
    """By how much each place of a lid is ahead of its mean way; opening, and the most of it, in eye widths."""
    gain, mean, whole = formula.LID_ARC
    widest = (whole * openness).clamp(min=formula.LEAST_OPENNESS)
    return 1.0 + gain * (1.0 - blink) * (mean - (opening / widest).clamp(max=1.0))


def _eighth_power(x: Tensor) -> Tensor:
    square = x.clamp(max=1.0) ** 2
    return square * square * square * square


def _eyeball_and_lower_lid(eyes: Eyes, cur: Tensor, lids: _Lids) -> Tensor:
    """The eyeball as it looks, shaded by the upper lid, and the lower lid over it."""
    width, u, v, blink = eyes.width, lids.u, lids.v, lids.blink
    ball = _eyeball(eyes, cur, lids, width)
    by_smile, by_squint = formula.SQUINT
    squint = by_smile * curve(cur, "smile", 3) + by_squint * curve(cur, "squint", 3)
    rise = lids.rise * blink + squint * width * (lids.opening / (formula.SQUINT_OPENING * width)).clamp(max=1.0)
    edge = lids.lower - rise
    below = ((v - edge) / (formula.LOWER_LID_REACH * width)).clamp(0.0, 1.0)
    lid = eyes.from_photo(u, v + rise * (1.0 - smoothstep(below, 0.0, 1.0)))
    feather = (formula.FEATHER * width).clamp(min=formula.LEAST_FEATHER)
    cover = ((v - edge + formula.LOWER_LID_OFFSET * width) / (2.0 * feather) + 0.5).clamp(0.0, 1.0).unsqueeze(-1)
    return ball + (lid - ball) * cover


def _eyeball(eyes: Eyes, cur: Tensor, lids: _Lids, width: Tensor) -> Tensor:
    """The photo's eye moved by the gaze, in the shadow of the upper lid."""
    u, v, blink = lids.u, lids.v, lids.blink
    half_u, half_v = formula.GAZE_WINDOW
    window = (1.0 - ((u - eyes.scalar("iris_u")) / (half_u * width)) ** 2).clamp(0.0, 1.0)
    window = window * (1.0 - ((v - eyes.scalar("iris_v")) / (half_v * width)) ** 2).clamp(0.0, 1.0)
    from_upper, to_lower = formula.GAZE_INSIDE
    inside = smoothstep((v - lids.upper) / width, *from_upper)
    inside = inside * (1.0 - smoothstep((v - lids.lower) / width, *to_lower))
    window = window * (formula.GAZE_SHARE[0] + formula.GAZE_SHARE[1] * inside) * width
    from_u, from_v = u - curve(cur, "gaze_x", 3) * window, v - curve(cur, "gaze_y", 3) * window
    ball = eyes.from_photo(from_u, from_v) + _moved_glints(eyes, cur, lids, from_u, from_v)
    ball = ball.clamp(0.0, 255.0)
    depth = (v - lids.margin).clamp(min=0.0) / (formula.BALL_SHADOW_DEPTH * width)
    shadow = formula.BALL_SHADOW * (formula.BALL_SHADOW_RATE * blink).clamp(max=1.0) * torch.exp(-depth)
    begin, end, most = formula.BALL_DIM
    shadow = shadow + (1.0 - shadow) * (most * smoothstep(blink, begin, end))
    shadow = shadow * (lids.opening / (formula.BALL_SHADOW_OPENING * width)).clamp(max=1.0)
    shaded = torch.where(blink > formula.LEAST_BLINK, shadow, torch.zeros_like(shadow))
    return ball * (1.0 - shaded).unsqueeze(-1)


def _moved_glints(eyes: Eyes, cur: Tensor, lids: _Lids, from_u: Tensor, from_v: Tensor) -> Tensor:
    """The change of light by glints that stay where the light is; the eyeball's pixels come from (from_u, from_v)."""
    width = eyes.width
    by_sine, by_gaze, most = formula.GLINT
    shift_u, shift_v = (
        (-by_sine * sine_cosine(cur, turn)[0] - by_gaze * curve(cur, gaze, 3)).clamp(-most, most) * width
        for turn, gaze in (("yaw", "gaze_x"), ("pitch", "gaze_y"))
    )
    change = eyes.from_box(from_u - shift_u, from_v - shift_v, "glint") - eyes.from_box(from_u, from_v, "glint")
    inside = smoothstep((lids.v - lids.upper) / width, *formula.GLINT_INSIDE)
    inside = inside * smoothstep((lids.lower - lids.v) / width, *formula.GLINT_INSIDE)
    return change * inside.unsqueeze(-1)


def _stretch_integral(s: Tensor) -> Tensor:
    """Integral (0..1) of a trapezoid over s: how far the skin at s has gone of the margin's way."""
    a, b, c, d = formula.SKIN_STRETCH
    area = (c - b) + 0.5 * (b - a) + 0.5 * (d - c)
    rise = (s - a).clamp(0.0, b - a)
    fall = (s - c).clamp(0.0, d - c)
    total = rise * rise / (2 * (b - a)) + (s - b).clamp(0.0, c - b) + fall - fall * fall / (2 * (d - c))
    return total / area


def _upper_lid(eyes: Eyes, lids: _Lids) -> Tensor:
    """Skin of the lid as it comes down, darkened by the lashes."""
    width, u, v = eyes.width, lids.u, lids.v
    s = (v - lids.top) / (lids.margin - lids.top).clamp(min=1e-3)
    from_v = v - lids.moved * torch.where(v > lids.margin, torch.ones_like(s), _stretch_integral(s))
    found = eyes.from_box(u, from_v, "skin", "grain_at")
    skin, soft, grain_at = (found[..., slice(*_channels(name))] for name in ("skin", "skin_soft", "grain_at"))
    end, steepness = formula.FLAT_END
    flat = formula.FLAT * (lids.moved / (formula.FLAT_TRAVEL * width)).clamp(max=1.0)
    flat = flat * smoothstep(s, *formula.FLAT_BEGIN)
    flat = flat * ((end - s) * steepness).clamp(0.0, 1.0)
    d = v - lids.margin
    soft = soft * _lid_light(d, lids.moved, width)
    skin = skin + (soft - skin) * flat.unsqueeze(-1)
    grain_at = grain_at * (formula.GRAIN_RATE * lids.blink).clamp(max=1.0).unsqueeze(-1)
    skin = skin + eyes.from_box(u, v - formula.GRAIN_TRAVEL * lids.moved, "grain") * grain_at
    return skin * _darkness(eyes, lids, d)


def _darkness(eyes: Eyes, lids: _Lids, d: Tensor) -> Tensor:
    """The photo's own lashes, foreshortened and fading as the lid comes down."""
    width, blink = eyes.width, lids.blink
    fade = smoothstep(blink, *formula.LASH_FADE)
    by_blink, least = formula.LASH_FORESHORTENING
    shown_v = lids.upper + torch.where(d < 0.0, d / (1.0 - by_blink * blink).clamp(min=least), d)
    lightest, lowered = formula.LASH_LIGHTEST
    most = (lightest - lowered * blink).clamp(min=1.0).unsqueeze(-1)
    lashes = torch.minimum(eyes.from_box(lids.u, shown_v, "ratio").clamp(min=formula.LASH_DARKEST), most)
    reach, unfading = formula.LASH_CORE
    core = (1.0 - smoothstep(blink, *formula.LASH_SHUT)) * torch.exp(-((d / (reach * width)) ** 2))
    return lashes ** (1.0 - fade * (1.0 - unfading * core)).unsqueeze(-1)


def _lid_light(d: Tensor, moved: Tensor, width: Tensor) -> Tensor:
    """The light on the skin of the lid that has come down: 1 is that of `skin_soft`."""
    shown = (moved / (formula.LID_TRAVEL * width)).clamp(max=1.0)
    h = (-d / width).clamp(min=0.0)
    gain, low, high = formula.LID_LIGHT
    light = gain * smoothstep(h, low, high)
    gain, height = formula.LID_SHADE
    light = light - gain * torch.exp(-((h / height) ** 2))
    gain, by_travel, added, spread = formula.LID_FOLD
    fold = by_travel * moved / width + added
    light = light - gain * torch.exp(-(((h - fold) / spread) ** 2))
    return (1.0 + shown * light).unsqueeze(-1)


def _shut_lashes(eyes: Eyes, lids: _Lids) -> Tensor:
    """The light that the lashes of the shutting eyes leave: they hang below the margin, over all."""
    d = lids.v - lids.margin
    first, more = formula.SHUT_LASH_LENGTH
    stretched = torch.where(d > 0.0, d / (first + more * lids.blink * lids.blink), d)
    dark = eyes.from_box(lids.u, lids.upper + lids.travel + stretched, "shut_lash")
    dark = dark * (lids.travel / (formula.SHUT_LASH_TRAVEL * eyes.width) + 0.35).clamp(max=1.0).unsqueeze(-1)
    return 1.0 - smoothstep(lids.blink, *formula.SHUT_LASH_BLINK).unsqueeze(-1) * dark
