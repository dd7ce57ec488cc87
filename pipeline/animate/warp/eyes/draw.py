"""One eye of one frame: eyeball, lower lid, upper lid, lashes. Computed for the frame's pixels, so nothing is inverted.

The exported graph has the same formulas in `weights/convert/warp/eyes.py`; both take their numbers from `formula`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Self

import cv2
import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.eye_maps import EyeMaps
from pipeline.animate.warp.eyes.glint import glint_shift
from pipeline.animate.warp.texture import FinerTexture, sample_texture
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import remap, sample, single, smoothstep
from pipeline.motion.channels import CurveValues

_EVERY: Final = 4  # pixels: so coarsely is the iris looked for in a patch …
_SMALL_PATCH: Final = 4000  # … of more pixels than these
_STILL_CURVES: Final = ("upper", "lower", "opening")  # those that an eye does with that does not blink
_BLINK_CURVES: Final = ("travel", "rise", "top")
_OF_THE_WHOLE: Final = ("eye", "blink")  # of a patch: no arrays
_UNSEEN: Final = 0.02  # pixels by which a glint moves without being seen to


@dataclass(frozen=True)
class _EyePatch:
    """One eye at the pixels of a patch (h, w) of the frame; see `Contour` for u, v and the curves."""

    eye: EyeMaps
    """The eye on the photo."""
    blink: float
    """How far it is shut, 0..1."""
    u: Float
    """(h, w), where each pixel comes from, along the eye; pixels of the photo."""
    v: Float
    """(h, w), the same downwards."""
    upper: Float
    """(h, w), the curve `upper` at u."""
    lower: Float
    """(h, w), the curve `lower` at u."""
    travel: Float
    """(h, w), the curve `travel` at u."""
    rise: Float
    """(h, w), the curve `rise` at u."""
    top: Float
    """(h, w), the curve `top` at u."""
    opening: Float
    """(h, w), the curve `opening` at u."""
    moved: Float
    """(h, w), how far the upper lid's margin has come down."""
    margin: Float
    """(h, w), where the upper lid's margin is."""
    beyond: Float
    """(h, w), v - margin: below the upper lid's margin."""

    @property
    def width(self) -> float:
        """The eye's width in pixels."""
        return self.eye.contour.width

    def take(self, rows: slice) -> Self:
        """Some rows of the patch."""
        arrays = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name not in _OF_THE_WHOLE}
        return replace(self, **arrays)

    def place(self, u: Float, v: Float) -> Float:
        """Photo positions (h, w, 2) of (u, v)."""
        return single(cv2.merge(self._position(u, v, (0.0, 0.0))))

    def _position(self, u: Float, v: Float, corner: tuple[float, float]) -> tuple[Float, Float]:
        """Positions x and y, (h, w) each, of (u, v), counted from a corner (x, y) of the photo."""
        contour = self.eye.contour
        start, along, down = contour.centre - np.array(corner), contour.axis_u, contour.axis_v
        x, y = (
            single(cv2.addWeighted(u, float(along[axis]), v, float(down[axis]), float(start[axis]))) for axis in (0, 1)
        )
        return x, y

    def sample_image(self, image: Float, v: Float) -> Float:
        """A picture of the eye's box at (u, v)."""
        return sample(image, *self._position(self.u, single(v), self.eye.box[:2]))


def draw_eye(
    texture: Pixels | FinerTexture, eye: EyeMaps, blink: float, curve_values: CurveValues, source: Float
) -> tuple[Float, Float]:
    """Draw an eye into a patch of the frame.

    Args:
        texture: The photo's texture, see `build_texture`, or a finer one.
        eye: The eye on the photo.
        blink: How far it shuts, 0..1.
        curve_values: One value of each channel; gaze, smile and squint are used.
        source: Photo positions of the patch's pixels, float32 (h, w, 2).

    Returns:
        The picture, float32 (h, w, 3), 0..255, and how much it counts at each pixel, float32 (h, w), 0..1.
    """
    patch = _look_up_curves(eye, blink, source)
    if blink > formula.LEAST_BLINK:
        picture = _below_upper_lid(patch, texture, curve_values)
    else:
        picture = _eyeball_and_lower_lid(patch, texture, curve_values)
    half_u, half_v = (np.float32(half * patch.width) for half in formula.EYE_WINDOW)
    window = _fade(patch.u, half_u) * _fade(patch.v, half_v)
    return single(picture), single(window * (1.0 - patch.sample_image(eye.images.rim, patch.v)))


def _below_upper_lid(patch: _EyePatch, texture: Pixels | FinerTexture, curve_values: CurveValues) -> Float:
    """The shutting eye, (h, w, 3): the lid that has come down, and in the rows below it what it leaves of the eye."""
    feather = max(formula.LEAST_FEATHER, formula.FEATHER * patch.width, formula.UPPER_FEATHER * patch.eye.softness)
    shut = np.minimum(patch.moved / np.float32(formula.COVER_TRAVEL * patch.width), 1.0)
    edge = patch.margin + np.float32(formula.COVER_OFFSET * patch.width) * shut
    cover = single(np.clip((edge - patch.v) / np.float32(2.0 * feather) + 0.5, 0.0, 1.0))
    picture = np.zeros((*cover.shape, 3), np.float32)
    below, above = _rows(cover < 1.0), _rows(cover > 0.0)
    if below.stop:
        picture[below] = _eyeball_and_lower_lid(patch.take(below), texture, curve_values)
    if above.stop:
        under = picture[above]
        under += (_upper_lid(patch.take(above)) - under) * cover[above][..., None]
    return single(picture * _shut_lashes(patch))


def _rows(mask: Mask) -> slice:
    """The rows in which a mask (h, w) holds anywhere; none: an empty slice at 0."""
    rows = np.flatnonzero(mask.any(1))
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows.size else slice(0, 0)


def _fade(way: Float, half: np.float32) -> Float:
    """1 in the middle, 0 from `half` on, with the eighth power of the way (h, w)."""
    square = np.square(np.minimum(np.abs(way) / half, np.float32(1.0)))
    return single(np.float32(1.0) - np.square(np.square(square)))


def lid_way(blink: float) -> float:
    """The share of its way, 0..1, that a lid has gone at a blink's curve value, 0..1.

    The curve says how much of the opening is lost. The lid's edge and the lashes below it hide more of the eye than the
    margin has travelled, so the margin lags behind the curve where an eye is more than half shut; 0 is open, 1 is shut.
    """
    square = blink * blink
    return blink - formula.LID_LAG * square * square * (1.0 - blink)


def _look_up_curves(eye: EyeMaps, blink: float, source: Float) -> _EyePatch:
    """The patch whose pixels come from the photo positions `source` (h, w, 2)."""
    u, v = eye.contour.local(source[..., 0], source[..., 1])
    width = eye.contour.width
    index = (u + np.float32(width)) * np.float32((formula.LID_SAMPLES - 1) / (2.0 * width))
    curves = _read_curves(eye.table, _STILL_CURVES, index)
    if blink <= formula.LEAST_BLINK:
        row = np.zeros_like(index)
        return _EyePatch(
            eye, blink, u, v, **curves, **dict.fromkeys(_BLINK_CURVES, row), moved=row,
            margin=curves["upper"], beyond=v - curves["upper"],
        )  # fmt: skip
    curves |= _read_curves(eye.table, _BLINK_CURVES, index)
    moved = (
        curves["travel"] * np.float32(blink) * lid_arc(single(curves["opening"] / width), eye.contour.openness, blink)
    )
    margin = curves["upper"] + moved
    return _EyePatch(eye, blink, u, v, **curves, moved=moved, margin=margin, beyond=v - margin)


def _read_curves(table: Float, names: Sequence[str], index: Float) -> dict[str, Float]:
    """Three curves of an eye's table at samples `index` (h, w), by name.

    They are read as one picture of three channels, in half the time; of two equal rows, for OpenCV is slow at borders.
    """
    some = table[[formula.LID_CURVES.index(name) for name in names]]
    picture = np.ascontiguousarray(np.broadcast_to(some.T, (2, *some.T.shape)))
    planes = cv2.split(sample(picture, index, np.zeros_like(index)))
    return {name: single(plane) for name, plane in zip(names, planes, strict=True)}


def lid_arc(opening: Float, openness: float, blink: float) -> Float:
    """By how much each place of a lid is ahead of its mean way; opening (any shape), and the most, in eye widths."""
    gain, mean, whole = formula.LID_ARC
    widest = np.float32(max(whole * openness, formula.LEAST_OPENNESS))
    return single(1.0 + gain * (1.0 - blink) * (mean - np.minimum(opening / widest, 1.0)))


def _eyeball_and_lower_lid(patch: _EyePatch, texture: Pixels | FinerTexture, curve_values: CurveValues) -> Float:
    """The eyeball as it looks, shaded by the upper lid, and in the rows below it the lower lid over it, (h, w, 3)."""
    width, v = np.float32(patch.width), patch.v
    opening = np.minimum(patch.opening / (formula.SQUINT_OPENING * width), 1.0)
    by_smile, by_squint = formula.SQUINT
    lift = by_smile * curve_values["smile"] + by_squint * curve_values["squint"]
    squint = np.float32(lift) * width * opening
    rise = patch.rise * np.float32(patch.blink) + squint
    edge = patch.lower - rise
    feather = np.float32(2.0 * max(formula.LEAST_FEATHER, formula.FEATHER * patch.width))
    cover = np.clip((v - edge + formula.LOWER_LID_OFFSET * width) / feather + 0.5, 0.0, 1.0)
    picture = np.zeros((*cover.shape, 3), np.float32)
    ball, lid = _rows(cover < 1.0), _rows(cover > 0.0)
    if lid.stop:
        below = np.clip((v[lid] - edge[lid]) / (formula.LOWER_LID_REACH * width), 0.0, 1.0)
        from_v = single(v[lid] + rise[lid] * (1.0 - smoothstep(below, 0.0, 1.0)))
        picture[lid] = sample_texture(texture, patch.place(patch.u[lid], from_v))
    if ball.stop:
        over = picture[ball]
        over += (_eyeball(patch.take(ball), texture, curve_values) - over) * (1.0 - cover[ball])[..., None]
    return picture


def _eyeball(patch: _EyePatch, texture: Pixels | FinerTexture, curve_values: CurveValues) -> Float:
    """The photo's eye moved by the gaze, in the shadow of the upper lid, (h, w, 3)."""
    width, u, v = np.float32(patch.width), patch.u, patch.v
    iris_u, iris_v = (np.float32(value) for value in patch.eye.contour.iris)
    half_u, half_v = formula.GAZE_WINDOW
    window = np.clip(1.0 - ((u - iris_u) / (half_u * width)) ** 2, 0.0, 1.0)
    window = window * np.clip(1.0 - ((v - iris_v) / (half_v * width)) ** 2, 0.0, 1.0)
    from_upper, to_lower = formula.GAZE_INSIDE
    inside = smoothstep((v - patch.upper) / width, *from_upper)
    inside = inside * (1.0 - smoothstep((v - patch.lower) / width, *to_lower))
    window = window * (formula.GAZE_SHARE[0] + formula.GAZE_SHARE[1] * inside) * width
    gaze_x, gaze_y = np.float32(curve_values["gaze_x"]), np.float32(curve_values["gaze_y"])
    from_u, from_v = single(u - gaze_x * window), single(v - gaze_y * window)
    ball = single(sample_texture(texture, patch.place(from_u, from_v)))
    if patch.eye.has_glint and max(map(abs, shift := glint_shift(curve_values))) * patch.width > _UNSEEN:
        _move_glints(patch, ball, from_u, from_v, shift)
    if patch.blink > formula.LEAST_BLINK:
        depth = np.maximum(patch.beyond, 0.0) / (formula.BALL_SHADOW_DEPTH * width)
        shadow = formula.BALL_SHADOW * min(formula.BALL_SHADOW_RATE * patch.blink, 1.0) * np.exp(-depth)
        begin, end, most = formula.BALL_DIM
        shadow = shadow + (1.0 - shadow) * np.float32(most * float(smoothstep(patch.blink, begin, end)))
        shadow = shadow * np.minimum(patch.opening / (formula.BALL_SHADOW_OPENING * width), 1.0)
        ball = ball * (1.0 - shadow)[..., None]
    return ball


def _move_glints(patch: _EyePatch, ball: Float, from_u: Float, from_v: Float, shift: tuple[float, float]) -> None:
    """Move the glints of an eyeball (h, w, 3), whose pixels come from (from_u, from_v), by a shift in eye widths."""
    contour, glint, width = patch.eye.contour, patch.eye.images.glint, np.float32(patch.width)
    area = _find_iris(patch, from_u, from_v) if from_u.size > _SMALL_PATCH else np.s_[:, :]
    if not from_u[area].size:
        return
    place = patch.place(from_u[area], from_v[area]) - single(np.array(patch.eye.box[:2]))
    way = single(patch.width * (shift[0] * contour.axis_u + shift[1] * contour.axis_v))
    change = cv2.subtract(remap(glint, place - way), remap(glint, place))
    inside = smoothstep((patch.v[area] - patch.upper[area]) / width, *formula.GLINT_INSIDE)
    inside = inside * smoothstep((patch.lower[area] - patch.v[area]) / width, *formula.GLINT_INSIDE)
    np.clip(ball[area] + change * inside[..., None], 0.0, 255.0, out=ball[area])


def _find_iris(patch: _EyePatch, from_u: Float, from_v: Float) -> tuple[slice, slice]:
    """Rows and columns of a patch where glints can be seen; see `_move_glints`."""
    iris_u, iris_v = patch.eye.contour.iris
    some = np.s_[::_EVERY, ::_EVERY]
    away = np.hypot(from_u[some] - np.float32(iris_u), from_v[some] - np.float32(iris_v))
    near = away < formula.GLINT_REACH * patch.width
    rows, columns = np.flatnonzero(near.any(1)) * _EVERY, np.flatnonzero(near.any(0)) * _EVERY
    if not rows.size:
        return np.s_[:0, :0]
    return np.s_[max(0, rows[0] - _EVERY) : rows[-1] + _EVERY, max(0, columns[0] - _EVERY) : columns[-1] + _EVERY]


def _stretch_integral(s: Float) -> Float:
    """Integral (0..1) of a trapezoid over s: how far the skin at s has gone of the margin's way."""
    a, b, c, d = formula.SKIN_STRETCH
    area = (c - b) + 0.5 * (b - a) + 0.5 * (d - c)
    rise = np.clip(s - a, 0.0, b - a)
    fall = np.clip(s - c, 0.0, d - c)
    total = rise * rise / (2 * (b - a)) + np.clip(s - b, 0.0, c - b) + fall - fall * fall / (2 * (d - c))
    return single(total / area)


def _upper_lid(patch: _EyePatch) -> Float:
    """Skin of the lid as it comes down, darkened by the lashes, (h, w, 3)."""
    width, moved, images = np.float32(patch.width), patch.moved, patch.eye.images
    s = (patch.v - patch.top) / np.maximum(patch.margin - patch.top, 1e-3)
    from_v = patch.v - moved * np.where(patch.beyond > 0, np.float32(1.0), _stretch_integral(s))
    skin = patch.sample_image(images.skin, from_v)
    end, steepness = formula.FLAT_END
    flat = np.minimum(moved / (formula.FLAT_TRAVEL * width), 1.0) * smoothstep(s, *formula.FLAT_BEGIN)
    flat = flat * np.clip((end - s) * steepness, 0, 1)
    soft = patch.sample_image(images.skin_soft, from_v) * _lid_light(patch)
    skin = skin + (soft - skin) * (formula.FLAT * flat)[..., None]
    grain_at = patch.sample_image(images.grain_at, from_v) * min(formula.GRAIN_RATE * patch.blink, 1.0)
    skin = skin + patch.sample_image(images.grain, patch.v - formula.GRAIN_TRAVEL * moved) * grain_at[..., None]
    return single(skin * _darkness(patch))


def _darkness(patch: _EyePatch) -> Float:
    """The photo's own lashes, foreshortened and fading as the lid comes down, (h, w, 3)."""
    width, d, blink = patch.width, patch.beyond, patch.blink
    fade = float(smoothstep(blink, *formula.LASH_FADE))
    by_blink, least = formula.LASH_FORESHORTENING
    shown_v = np.where(d < 0, patch.upper + d / np.float32(max(1.0 - by_blink * blink, least)), patch.upper + d)
    lightest, lowered = formula.LASH_LIGHTEST
    ratio = patch.sample_image(patch.eye.images.ratio, shown_v)
    lashes = np.clip(ratio, formula.LASH_DARKEST, max(1.0, lightest - lowered * blink))
    reach, unfading = formula.LASH_CORE
    unfading *= 1.0 - float(smoothstep(blink, *formula.LASH_SHUT))
    core = np.exp(-((d / np.float32(reach * width)) ** 2))
    # a power, in a third of its time
    return single(np.exp(np.log(lashes) * (1.0 - fade * (1.0 - unfading * core))[..., None]))


def _lid_light(patch: _EyePatch) -> Float:
    """The light on the skin of the lid that has come down, (h, w, 1): 1 is that of `LidImages.skin_soft`."""
    width = np.float32(patch.width)
    shown = np.minimum(patch.moved / (formula.LID_TRAVEL * width), 1.0)
    h = np.maximum(-patch.beyond / width, 0.0)
    gain, low, high = formula.LID_LIGHT
    light = gain * smoothstep(h, low, high)
    gain, height = formula.LID_SHADE
    light = light - gain * np.exp(-((h / height) ** 2))
    gain, by_travel, added, spread = formula.LID_FOLD
    fold = by_travel * patch.moved / width + added
    light = light - gain * np.exp(-(((h - fold) / spread) ** 2))
    return single(1.0 + shown * light)[..., None]


def _shut_lashes(patch: _EyePatch) -> Float:
    """The light that the lashes of the shutting eye leave, (h, w, 3), 0..1: they hang below the margin, over all."""
    blink, d = patch.blink, patch.beyond
    shown = float(smoothstep(blink, *formula.SHUT_LASH_BLINK))
    first, more = formula.SHUT_LASH_LENGTH
    stretched = np.where(d > 0, d / np.float32(first + more * blink * blink), d)
    dark = patch.sample_image(patch.eye.images.shut_lash, patch.upper + patch.travel + stretched)
    dark = dark * np.minimum(patch.travel / np.float32(formula.SHUT_LASH_TRAVEL * patch.width) + 0.35, 1.0)[..., None]
    return single(1.0 - shown * dark)
