"""The mouth of a face: lips that part to a dark line. No teeth are invented; those that the photo shows stay.

Computed for the frame's pixels, as the eyes are; the exported graph has the same formulas in
`weights/convert/warp/mouth.py`, both take their numbers from `formula`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pipeline.animate.warp import formula
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.texture import FinerTexture, sample_texture
from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import gaussian, sample, single, smoothstep

_CORNERS: Final = (78, 308)  # of the mouth, inside the lips, the person's right one first
_UPPER: Final = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)  # the upper lip's lower edge
_LOWER: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)  # the lower lip's upper edge
# Lengths in face widths.
_GAP: Final = 0.036  # between lips that are parted fully
_REACH: Final = (0.085, 0.10)  # above and below the lips' line, over which the skin takes up the parting
_FEATHER: Final = 0.006  # softness of the lips' edges
_SHOWS_TEETH: Final = (0.008, 0.02)  # between the lips: from here on teeth may be seen
_INSIDE: Final = (0.1, 0.25, 0.4)  # of the opening, from the upper lip down, where upper teeth are looked for
_UPPER_MIDDLE: Final = (81, 82, 13, 312, 311)
_LOWER_MIDDLE: Final = (178, 87, 14, 317, 402)
_CHEEKS: Final = (205, 425, 50, 280)
# Light of what lies below the upper lip, of the cheeks': up to 0.25 of a dark opening, from 0.5 on of teeth.
_TEETH_LIGHT: Final = (0.28, 0.52)
_SEARCH: Final = 0.014  # beside the landmarks' line, where the dark line of shut lips may lie
_DARKEST: Final = 15.0  # per cent of the line's pixels that give the dark between the lips
_DARKER: Final = 0.5  # of their light


@dataclass(frozen=True)
class Mouth:
    """One mouth on the photo, in region pixels; u runs to the person's left, v downwards from the corners' middle."""

    centre: Double
    """(2,), the middle between the corners."""
    axis_u: Double
    """(2,), unit vector along the mouth."""
    axis_v: Double
    """(2,), unit vector down."""
    half_width: float
    """Half of the distance between the corners, pixels."""
    gap: float
    """Pixels between lips that are parted fully."""
    reach: tuple[float, float]
    """Pixels above and below the line of the lips over which the skin takes up the parting."""
    feather: float
    """Softness of the lips' edges, pixels."""
    line: Float
    """float32 (formula.LIP_SAMPLES,), v of the line along which the lips part, over u of ± half_width."""
    colour: Float
    """float32 (3,), 0..255, the dark between the lips."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of all that the mouth changes."""
    share: Float
    """float32 (h, w), 0..1, how much each pixel of the box is drawn."""

    def local(self, x: Float, y: Float) -> tuple[Float, Float]:
        """(u, v) of photo positions x, y."""
        dx, dy = x - np.float32(self.centre[0]), y - np.float32(self.centre[1])
        (ux, uy), (vx, vy) = single(self.axis_u), single(self.axis_v)
        return dx * ux + dy * uy, dx * vx + dy * vy

    def place(self, u: Float, v: Float) -> Float:
        """Photo positions (…, 2) of (u, v)."""
        (x, y), (ux, uy), (vx, vy) = single(self.centre), single(self.axis_u), single(self.axis_v)
        return np.stack([x + u * ux + v * vx, y + u * uy + v * vy], -1)


def build_mouth(pixels: Pixels, head: Head) -> Mouth:
    """Find the line of the lips, and the dark that may come between them.

    Args:
        pixels: The region, uint8 (H, W, 3).
        head: The head in its pixels.
    """
    right, left = (head.landmarks[corner, :2].astype(np.float64) for corner in _CORNERS)
    width = max(float(np.linalg.norm(left - right)), 1.0)
    axis_u = (left - right) / width
    axis_v = np.array([-axis_u[1], axis_u[0]])
    above, below = (reach * head.width for reach in _REACH)
    reach = [x * 0.6 * width * axis_u + y * axis_v for x in (-1, 1) for y in (-above - width / 2, below + width / 2)]
    corners = 0.5 * (right + left) + np.array(reach)
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    mouth = Mouth(
        0.5 * (right + left), axis_u, axis_v, 0.5 * width, _GAP * head.width, (above, below),
        max(formula.LEAST_FEATHER, _FEATHER * head.width), np.zeros(formula.LIP_SAMPLES, np.float32),
        np.zeros(3, np.float32), (
            int(max(low[0], 0)), int(max(low[1], 0)), int(min(high[0], pixels.shape[1])),
            int(min(high[1], pixels.shape[0])),
        ), np.zeros((1, 1), np.float32),
    )  # fmt: skip
    return _with_line(pixels, mouth, _line_of_lips(pixels, head, mouth))


def measure_upper_teeth(pixels: Pixels, head: Head) -> float:
    """The likelihood, 0..1, of light teeth below the upper lip of an open mouth; a dark opening has none to show.

    Args:
        pixels: The region, uint8 (H, W, 3).
        head: The head in its pixels.
    """
    upper, lower, cheeks = (head.landmarks[list(ids), :2] for ids in (_UPPER_MIDDLE, _LOWER_MIDDLE, _CHEEKS))
    share = np.array(_INSIDE, np.float32)[:, None, None]
    inside = single(upper + share * (lower - upper))
    light, skin = (
        float(np.median(sample(pixels, single(at[..., 0]), single(at[..., 1])).astype(np.float32).mean(-1)))
        for at in (inside, single(cheeks)[None])
    )
    return float(smoothstep(light / max(skin, 1.0), *_TEETH_LIGHT))


def _line_of_lips(pixels: Pixels, head: Head, mouth: Mouth) -> Float:
    """v of the line, float32 (LIP_SAMPLES,): the dark line of shut lips, the lower lip's edge of open ones."""
    along = np.linspace(-1.0, 1.0, formula.LIP_SAMPLES) * mouth.half_width
    edges = []
    for landmarks in (_UPPER, _LOWER):
        points = head.landmarks[list(landmarks), :2]
        u, v = mouth.local(points[:, 0], points[:, 1])
        order = np.argsort(u)
        edges.append(np.interp(along, u[order], v[order]))
    upper, lower = edges
    opened = float(smoothstep(float((lower - upper).max()) / head.width, *_SHOWS_TEETH))
    shut = _darkest_line(pixels, head, mouth, single(along), single(0.5 * (upper + lower)))
    return single(shut + (lower - shut) * opened)


def _darkest_line(pixels: Pixels, head: Head, mouth: Mouth, along: Float, middle: Float) -> Float:
    """The line moved to where the photo is darkest close by, smooth along the mouth."""
    reach = _SEARCH * head.width
    offsets = single(np.linspace(-reach, reach, 17))
    place = mouth.place(np.broadcast_to(along, (17, len(along))), middle + offsets[:, None])
    grey = single(sample(pixels, place[..., 0], place[..., 1])).mean(-1)
    darker = np.maximum(np.median(grey, 0) - grey, 0.0) * (1.0 - np.abs(offsets / reach)[:, None] ** 2) + 1e-3
    weight = gaussian(single(darker**2), 1.0)
    moved = (weight * offsets[:, None]).sum(0) / weight.sum(0)
    ends = 1.0 - (along / mouth.half_width) ** 4
    return single(middle + gaussian(single(moved * ends)[None], 4.0)[0])


def _with_line(pixels: Pixels, mouth: Mouth, line: Float) -> Mouth:
    """The mouth with its line, the dark on it, and the share of the pixels in its box."""
    left, top, right, bottom = mouth.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u, v = mouth.local(x, y)
    index = (u / np.float32(mouth.half_width) + 1.0) * np.float32(0.5 * (formula.LIP_SAMPLES - 1))
    from_line = v - sample(line[None], index, np.zeros_like(index))
    above, below = mouth.reach
    away = np.where(from_line < 0, -from_line / above, from_line / below)
    along = 1.0 - smoothstep(np.abs(u / np.float32(mouth.half_width)), 1.0, 1.15)
    share = single(along * (1.0 - smoothstep(away, 1.0, 1.2)))
    along_line = single(np.linspace(-0.6, 0.6, 41)) * np.float32(mouth.half_width)
    lips = np.interp(along_line, np.linspace(-1, 1, len(line)) * mouth.half_width, line)
    place = mouth.place(along_line[None], single(lips)[None])
    colours = single(sample(pixels, place[..., 0], place[..., 1]))[0]
    light = colours.mean(-1)
    dark = colours[light <= np.percentile(light, _DARKEST)].mean(0)
    return replace(mouth, line=line, colour=single(_DARKER * dark), share=share)


def draw_mouth(texture: Pixels | FinerTexture, mouth: Mouth, jaw: float, source: Float) -> tuple[Float, Float]:
    """Draw parted lips into a patch of the frame.

    Args:
        texture: The photo's texture, see `build_texture`, or a finer one.
        mouth: The mouth on the photo.
        jaw: How far the lips part, 0..1.
        source: Photo positions of the patch's pixels, float32 (h, w, 2).

    Returns:
        The picture, float32 (h, w, 3), 0..255, and how much it counts at each pixel, float32 (h, w), 0..1.
    """
    u, v = mouth.local(source[..., 0], source[..., 1])
    along = np.clip(u / np.float32(mouth.half_width), -1.0, 1.0)
    half_gap = np.float32(0.5 * mouth.gap * jaw) * (1.0 - along * along)
    index = (along + 1.0) * np.float32(0.5 * (formula.LIP_SAMPLES - 1))
    line = sample(mouth.line[None], index, np.zeros_like(index))
    from_line = v - line
    lips = single(sample_texture(texture, mouth.place(u, single(line + _close(mouth, from_line, half_gap)))))
    first, more = formula.MOUTH_DARK
    deep = np.clip(0.5 * from_line / np.maximum(half_gap, 1e-3) + 0.5, 0.0, 1.0)
    dark = mouth.colour * (first + more * deep)[..., None]
    feather = np.float32(2.0 * mouth.feather)
    cover = np.clip(0.5 - (np.abs(from_line) - half_gap) / feather, 0.0, 1.0)
    cover = cover * np.minimum(2.0 * half_gap / feather, 1.0)
    left, top = (np.float32(edge) for edge in mouth.box[:2])
    share = sample(mouth.share, source[..., 0] - left, source[..., 1] - top)
    return single(lips + (dark - lips) * cover[..., None]), single(share)


def _close(mouth: Mouth, from_line: Float, half_gap: Float) -> Float:
    """The distance from the line of the shut lips, of pixels that are `from_line` pixels from it when they part."""
    above = from_line < 0
    reach = np.where(above, np.float32(mouth.reach[0]), np.float32(mouth.reach[1]))
    beyond = np.maximum(np.abs(from_line) - half_gap, 0.0)
    shift = half_gap * (1.0 - smoothstep(beyond / reach, 0.0, 1.0))
    return single(np.where(above, np.minimum(from_line + shift, 0.0), np.maximum(from_line - shift, 0.0)))
