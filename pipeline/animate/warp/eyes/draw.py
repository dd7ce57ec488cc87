"""One eye of one frame: eyeball, lower lid, upper lid, lashes. Written in the destination, so nothing is inverted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.warp.eyes.contour import TABLE
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.texture import sample_fine
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import sample, single, smoothstep

_STRETCH: Final = (0.02, 0.40, 0.86, 1.0)  # where the lid's skin stretches: brow end and margin stay rigid
_HARDLY: Final = 0.004  # a lid that has moved less is not drawn


@dataclass(frozen=True)
class _View:
    """One eye as a patch of the frame sees it. u, v (h, w): the eye's own coordinates in pixels; the contour's curves
    at u; `moved`: how far the upper lid's margin has come down, `margin`: where it is, `beyond`: v - margin."""

    eye: EyeMaps
    blink: float
    u: Float
    v: Float
    upper: Float
    lower: Float
    travel: Float
    rise: Float
    top: Float
    opening: Float
    strength: Float
    moved: Float
    margin: Float
    beyond: Float

    @property
    def width(self) -> float:
        return self.eye.contour.width

    def place(self, u: Float, v: Float) -> Float:
        """(u, v) → photo positions (h, w, 2)."""
        contour = self.eye.contour
        x = np.float32(contour.centre[0]) + u * np.float32(contour.axis_u[0]) + v * np.float32(contour.axis_v[0])
        y = np.float32(contour.centre[1]) + u * np.float32(contour.axis_u[1]) + v * np.float32(contour.axis_v[1])
        return np.stack([x, y], -1)

    def lid(self, image: Float, v: Float) -> Float:
        """A picture of the eye's box at (u, v)."""
        place = self.place(self.u, single(v))
        return sample(image, place[..., 0] - np.float32(self.eye.box[0]), place[..., 1] - np.float32(self.eye.box[1]))


def draw_eye(
    texture: Pixels, eye: EyeMaps, blink: float, pose: Mapping[str, float], source: Float
) -> tuple[Float, Float]:
    """The eye for the photo positions `source` (h, w, 2) of a patch of the frame.

    blink 0..1. Returns the picture, float32 (h, w, 3) 0..255, and where it counts, float32 (h, w) 0..1.
    """
    view = _look(eye, blink, source)
    picture = _eyeball_and_lower_lid(view, texture, pose)
    if blink > _HARDLY:
        feather = max(0.6, 0.012 * view.width, 0.8 * eye.softness)
        shut = np.minimum(view.moved / np.float32(0.02 * view.width), 1.0)
        edge = view.margin + np.float32(0.035 * view.width) * shut
        cover = np.clip((edge - view.v) / np.float32(2.0 * feather) + 0.5, 0.0, 1.0)[..., None]
        picture = picture + (_upper_lid(view) - picture) * cover
        picture = picture * _lashes_below(view)[..., None]
    along = 1.0 - np.minimum(np.abs(view.u) / np.float32(0.98 * view.width), 1.0) ** 8
    window = along * (1.0 - np.minimum(np.abs(view.v) / np.float32(0.88 * view.width), 1.0) ** 8)
    return single(picture), single(window * (1.0 - view.lid(eye.images.rim, view.v)))


def _look(eye: EyeMaps, blink: float, source: Float) -> _View:
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    width = eye.contour.width
    index = (u + np.float32(width)) * np.float32((TABLE - 1) / (2.0 * width))
    row = np.zeros_like(index)
    upper, lower, travel, rise, top, opening, strength = (sample(curve[None], index, row) for curve in eye.table)
    moved = travel * np.float32(blink)
    margin = upper + moved
    return _View(
        eye, blink, u, v, upper, lower, travel, rise, top, opening, strength, moved, margin, v - margin
    )  # fmt: skip


def _eyeball_and_lower_lid(view: _View, texture: Pixels, pose: Mapping[str, float]) -> Float:
    width, u, v = np.float32(view.width), view.u, view.v
    iris_u, iris_v = (np.float32(value) for value in view.eye.contour.iris)
    window = np.clip(1.0 - ((u - iris_u) / (0.62 * width)) ** 2, 0.0, 1.0)
    window = window * np.clip(1.0 - ((v - iris_v) / (0.45 * width)) ** 2, 0.0, 1.0)
    inside = smoothstep((v - view.upper) / width, 0.0, 0.07) * (1.0 - smoothstep((v - view.lower) / width, -0.06, 0.0))
    window = window * (0.35 + 0.65 * inside) * width
    ball_place = view.place(u - np.float32(pose["gaze_x"]) * window, v - np.float32(pose["gaze_y"]) * window)
    ball = single(sample_fine(texture, ball_place))
    if view.blink > _HARDLY:
        depth = np.maximum(view.beyond, 0.0) / (0.08 * width)
        shadow = 0.30 * min(2.5 * view.blink, 1.0) * np.exp(-depth) * np.minimum(view.opening / (0.1 * width), 1.0)
        ball = ball * (1.0 - shadow)[..., None]
    squint = np.float32(0.06 * 0.5 * pose["smile"]) * width * np.minimum(view.opening / (0.3 * width), 1.0)
    rise = view.rise * np.float32(view.blink) + squint
    edge = view.lower - rise
    below = np.clip((v - edge) / (0.45 * width), 0.0, 1.0)
    lid = single(sample_fine(texture, view.place(u, v + rise * (1.0 - smoothstep(below, 0.0, 1.0)))))
    feather = max(0.6, 0.012 * view.width)
    cover = np.clip((v - edge + 0.01 * width) / np.float32(2.0 * feather) + 0.5, 0.0, 1.0)[..., None]
    return single(ball + (lid - ball) * cover)


def _stretched(s: Float) -> Float:
    """Integral (0..1) of a trapezoid over s: how far the skin at s has gone of the margin's way."""
    a, b, c, d = _STRETCH
    area = (c - b) + 0.5 * (b - a) + 0.5 * (d - c)
    rise = np.clip(s - a, 0.0, b - a)
    fall = np.clip(s - c, 0.0, d - c)
    total = rise * rise / (2 * (b - a)) + np.clip(s - b, 0.0, c - b) + fall - fall * fall / (2 * (d - c))
    return single(total / area)


def _upper_lid(view: _View) -> Float:
    """Skin of the lid as it comes down, darkened by the lashes."""
    width, moved, images = np.float32(view.width), view.moved, view.eye.images
    s = (view.v - view.top) / np.maximum(view.margin - view.top, 1e-3)
    from_v = view.v - moved * np.where(view.beyond > 0, np.float32(1.0), _stretched(s))
    skin = view.lid(images.skin, from_v)
    # stretched pores and creases would become streaks: the stretched part is low-passed, fresh grain laid on it
    flat = np.minimum(moved / (0.2 * width), 1.0) * smoothstep(s, 0.08, 0.4) * np.clip((0.999 - s) * 50, 0, 1)
    skin = skin + (view.lid(images.skin_soft, from_v) - skin) * (0.90 * flat)[..., None]
    grain_at = view.lid(images.grain_at, from_v) * min(3.0 * view.blink, 1.0)
    skin = skin + view.lid(images.grain, view.v - 0.6 * moved) * grain_at[..., None]
    return single(skin * _darkness(view) * _bulge(view))


def _darkness(view: _View) -> Float:
    """The photo's own lashes, foreshortened and fading as the lid comes down, then the line where the lids meet."""
    width, d, blink = view.width, view.beyond, view.blink
    fade = float(smoothstep(blink, 0.15, 0.85))
    shown_v = np.where(d < 0, view.upper + d / np.float32(max(1.0 - 0.8 * blink, 0.2)), view.upper + d)
    lashes = np.clip(view.lid(view.eye.images.ratio, shown_v), 0.03, max(1.0, 3.0 - 12.0 * blink))
    core = np.exp(-((d / np.float32(0.035 * width)) ** 2))
    lashes = lashes ** (1.0 - fade * (1.0 - 0.35 * core))[..., None]
    shut = float(smoothstep(blink, 0.02, 0.4))
    sigma, darkest, kept = lash_line(view.eye)
    peak = np.float32(darkest * shut) * np.minimum(view.travel / np.float32(0.06 * width), 1.0)
    beside = (d - np.float32(0.006 * width)) / np.float32(sigma)
    line = 1.0 - (1.0 - kept * view.strength) * peak * np.exp(-(beside**2))
    return single(np.minimum(lashes, line[..., None]))


def lash_line(eye: EyeMaps) -> tuple[float, float, float]:
    """The line where shut lids meet: sigma in pixels, darkness 0..1, and how much of the photo's own lash line's
    paleness it keeps. The exported graph is given these numbers, so they can be tuned without another export."""
    width = eye.contour.width
    sigma = float(np.hypot(0.032 * width, 1.0 * eye.softness))
    return sigma, 0.9 * min(1.0, 0.048 * width / sigma), 0.72


def _bulge(view: _View) -> Float:
    """The eyeball under the lid: a light band on its height, shade at the crease and the margin."""
    width = np.float32(view.width)
    bow = np.minimum(view.moved / (0.2 * width), 1.0)
    h = np.clip(-view.beyond / (view.moved + 0.08 * width), 0.0, 2.0)
    light = 0.035 * np.exp(-(((h - 0.55) / 0.25) ** 2))
    shade = 0.05 * np.exp(-(((h - 1.05) / 0.16) ** 2)) + 0.05 * np.exp(-((h / 0.10) ** 2))
    return single(1.0 + bow * (light - shade))[..., None]


def _lashes_below(view: _View) -> Float:
    """Lashes turn down as the eye shuts: a flattened mirror image of them below the margin. On a soft photo no single
    lash is seen, and its blurred darkness would smear."""
    soft = 1.0 - smoothstep(view.eye.softness / view.width, 0.03, 0.07)
    turned = float(smoothstep(view.blink, 0.35, 1.0) * soft)
    if turned <= 0.0:
        return np.ones_like(view.beyond)
    lash = view.lid(view.eye.images.lash, single(view.upper - np.maximum(view.beyond, 0.0) / (0.15 + 0.45 * turned)))
    below = smoothstep(view.beyond / np.float32(view.width), -0.005, 0.015)
    return single(np.clip(lash, 0.05, 1.0) ** (0.75 * turned * below))
