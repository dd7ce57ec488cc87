"""Calm colour beside faces: one cloth and one wall have one colour, however far from a face they lie.

The net is sure near a face and doubts far from it, so its colour of a coat fades out like a cloud, and the wall gets
spots beside the head. Here each person's clothes, and the wall, get the middle of the net's colours by lightness.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float
from pipeline.bodies.finder import Body
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, single, smoothstep
from pipeline.restore.colour_view import face_plane, face_unit

_BINS: Final = 12  # of lightness
_BLUR: Final = 1.0  # bins
_LEAST: Final = 30.0  # pixels that a bin needs to be heard alone
# The head's ellipse in units of a face: half its breadth and height, how far its middle lies above the face's, and
# between which of its radii what is a head becomes what is worn
_HEAD: Final = (0.72, 0.8)
_ABOVE: Final = 0.12
_WORN: Final = (0.8, 1.05)
# What is below the chin, no farther than the breast, and as light as the face within so much lightness, may be bare
_BELOW: Final = (0.3, 0.45)
_BREAST: Final = (0.9, 1.4)
_ALIKE: Final = 10.0
_CLOTHES: Final = 0.85  # share of the common colour in that of clothes: a scarf may have its own
_SPOT: Final = 0.48  # of the colour of a face's skin: the most that cloth has
_THROAT: Final = (0.75, 0.95)
_NECK: Final = (0.28, 0.42)  # units of a face below its middle, and to each side, over which a neck ends
_MOST_PEOPLE: Final = 12
_DISPUTED: Final = 0.48  # least share of what only the segmentation takes for people: they may be people without a face
_OUTLINE: Final = 0.1  # units of a face by which a body's outline, which is coarse, is made wider
# What clothes are surely no skin: darker than a face's shadows, or lighter than its highlights, by so much lightness.
# Cloth that is dark or white has little colour (medians of 40 colour photos: b −0.6 and 1.5), and skin beside it looks
# the warmer; everything in one warm tone would be a sepia with a coloured face.
_SHADOWS: Final = (10, 4.0, 16.0)  # percentile of the face's lightness, from and to
_HIGHLIGHTS: Final = (90, 0.0, 8.0)
_BLACK: Final = (0.0, -3.0)  # a and b of dark cloth
_WHITE: Final = (0.2, 1.4)
_MOST_BLACK: Final = (36.0, 50.0)  # lightness: grey cloth beside a bright face isn't black,
_LEAST_WHITE: Final = (70.0, 82.0)  # nor white beside a dark one
_HAIR: Final = (1.2, 2.0)  # radii of the head, over which what is dark may be long hair
_DUSK: Final = (-0.2, -1.6)  # a and b of a wall in the shade
_LIT: Final = (22.0, 58.0)  # lightness over which a wall gets its own colour


def draw_bodies(faces: Sequence[Face], bodies: Sequence[Body | None], size: tuple[int, int], scale: float) -> Float:
    """The places of people by the outlines of their bodies: the segmentation takes cracks and rubble for people, too.

    Args:
        faces: All faces, in pixels of the photo.
        bodies: Theirs.
        size: Height and width of the picture.
        scale: Its pixels by those of the photo.

    Returns:
        0..1, float32 of `size`; 1 everywhere where not every face has a body.
    """
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32) / np.float32(scale)
    people = np.zeros(size, np.float32)
    for face, body in zip(faces, bodies, strict=True):
        if body is None:
            return np.ones(size, np.float32)
        reach = _OUTLINE * face_unit(face) * scale
        outline = gaussian(cv2.dilate(body.draw(size, scale), ellipse_kernel(round(reach))), reach / 2)
        head = 1 - smoothstep(_from_head(face, x, y), *_WORN)
        people = np.maximum(people, np.maximum(smoothstep(outline, 0.2, 0.6), head))
    return single(_DISPUTED + (1 - _DISPUTED) * people)


def settle_colour(canvas: Float, light: Float, people: Float, faces: Sequence[Face], scale: float) -> Float:
    """Give clothes and the wall a colour that depends on their lightness alone.

    Args:
        canvas: The guess, a and b of Lab, float32 (h, w, 2).
        light: The photo's lightness, 0..100, float32 h×w.
        people: Share of people, 0..1, float32 h×w.
        faces: All faces, in pixels of the photo.
        scale: Pixels of `light` by those of the photo.

    Returns:
        float32 (h, w, 2).
    """
    nearest = faces[:_MOST_PEOPLE]
    y, x = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float32) / np.float32(scale)
    away = np.stack([_from_head(face, x, y) for face in nearest])
    owner = away.argmin(axis=0)
    worn = people * smoothstep(away.min(axis=0), *_WORN)
    wall = 1 - people
    out = canvas + (_cool_shade(_by_lightness(canvas, light, wall), light) - canvas) * wall[..., None]
    for index, face in enumerate(nearest):
        mine = np.where(owner == index, worn * (1 - _find_bare(face, light, x, y, scale)), 0)
        cloth = _by_lightness(canvas, light, mine)
        out = out + (cloth - out) * (_CLOTHES * mine)[..., None]
        for tone, share in _sure_cloth(face, light, away[index], scale):
            out = out + (np.array(tone, np.float32) - out) * (share * mine)[..., None]
        out = _calm_cloth(out, face, np.where(owner == index, worn, 0), x, y, scale)
    return single(out)


def _calm_cloth(colour: Float, face: Face, worn: Float, x: Float, y: Float, scale: float) -> Float:
    """The colour, (h, w, 2), without spots as strong as the skin of a face on what the person wears, 0..1 (h, w).

    A net that sees 48 places of a square can't tell a neck from the collar that touches it. The neck keeps its colour,
    and what is bare farther down gets it back from the face.
    """
    oval = polygon_mask((colour.shape[0], colour.shape[1]), face.landmarks[list(OVAL), :2] * scale) > 0
    if not oval.any():
        return colour
    across, down = (row[0] * x + row[1] * y + row[2] for row in face_plane(face))
    neck = (1 - smoothstep(down, *_THROAT)) * (1 - smoothstep(np.abs(across), *_NECK)) * (down > 0)
    most = max(_SPOT * float(np.hypot(*np.median(colour[oval], axis=0))), 1.0)
    over = 1 - most / np.maximum(np.hypot(colour[..., 0], colour[..., 1]), most)
    return single(colour * (1 - over * worn * (1 - neck))[..., None])


def _from_head(face: Face, x: Float, y: Float) -> Float:
    """The distance of each pixel from the middle of a head, in radii of its ellipse."""
    plane = face_plane(face)
    across, down = (row[0] * x + row[1] * y + row[2] for row in plane)
    return single(np.hypot(across / _HEAD[0], (down + _ABOVE) / _HEAD[1]))


def _find_bare(face: Face, light: Float, x: Float, y: Float, scale: float) -> Float:
    """The places below a face that are as light as it, 0..1, h×w: neck or breast, whose colour the net knows."""
    plane = face_plane(face)
    across, down = (row[0] * x + row[1] * y + row[2] for row in plane)
    oval = polygon_mask((light.shape[0], light.shape[1]), face.landmarks[list(OVAL), :2] * scale) > 0
    if not oval.any():
        return np.zeros_like(light)
    low, high = np.percentile(light[oval], (15, 85))
    alike = smoothstep(light, low - _ALIKE, low) * (1 - smoothstep(light, high, high + _ALIKE))
    near = smoothstep(down, *_BELOW) * (1 - smoothstep(np.hypot(across / 1.2, down), *_BREAST))
    return single(alike * near)


def _sure_cloth(face: Face, light: Float, away: Float, scale: float) -> list[tuple[tuple[float, float], Float]]:
    """The colours of black and of white cloth, each with where it is no skin for sure, 0..1, h×w."""
    oval = polygon_mask((light.shape[0], light.shape[1]), face.landmarks[list(OVAL), :2] * scale) > 0
    if not oval.any():
        return []
    dark = float(np.percentile(light[oval], _SHADOWS[0])) - light
    bright = light - float(np.percentile(light[oval], _HIGHLIGHTS[0]))
    black = smoothstep(dark, *_SHADOWS[1:]) * smoothstep(away, *_HAIR) * (1 - smoothstep(light, *_MOST_BLACK))
    white = smoothstep(bright, *_HIGHLIGHTS[1:]) * smoothstep(light, *_LEAST_WHITE)
    return [(_BLACK, single(black)), (_WHITE, single(white))]


def _cool_shade(colour: Float, light: Float) -> Float:
    """A wall's colour, (h, w, 2), cooler in the shade."""
    shade = 1 - smoothstep(light, *_LIT)
    return single(colour + (np.array(_DUSK, np.float32) - colour) * shade[..., None])


def _by_lightness(canvas: Float, light: Float, share: Float) -> Float:
    """The mean colour of what counts by `share`, as a function of lightness, (h, w, 2)."""
    place = np.clip(light / 100 * _BINS - 0.5, 0, _BINS - 1)
    index = np.rint(place).astype(int).ravel()
    counts = np.bincount(index, share.ravel(), _BINS)
    sums = np.stack([np.bincount(index, (canvas[..., part] * share).ravel(), _BINS) for part in (0, 1)], axis=1)
    total = sums.sum(axis=0) / max(float(counts.sum()), 1e-6)
    table = (sums + _LEAST * total) / (counts + _LEAST)[:, None]
    table = gaussian(np.ascontiguousarray(table.astype(np.float32)[:, None, :]), _BLUR)[:, 0]
    return np.stack([np.interp(place, np.arange(_BINS), table[:, part]) for part in (0, 1)], axis=2).astype(np.float32)
