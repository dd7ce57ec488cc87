"""The skin of bare arms, legs and feet: what no landmark of the face shows, told from sleeves and trousers."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import Float, Mask
from pipeline.bodies.finder import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, TOES, WRISTS, Body
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, single, smoothstep, steepness, touching_parts
from pipeline.restore.colour_view import face_unit


class _Limb(NamedTuple):
    """A part of an arm or a leg, between two of a body's points."""

    start: int
    """The number of the body's point from which it comes."""
    end: int
    """That of the point to which it goes."""
    core: float
    """Half the breadth of what is surely of the limb, in units of a face."""
    breadth: float
    """Half the breadth of what may be of it."""


def _pair(starts: tuple[int, ...], ends: tuple[int, ...], core: float, breadth: float) -> tuple[_Limb, ...]:
    return tuple(_Limb(start, end, core, breadth) for start, end in zip(starts, ends, strict=True))


_ARMS: Final = (_pair(ELBOWS, WRISTS, 0.09, 0.26), _pair(SHOULDERS, ELBOWS, 0.11, 0.3))
_LEGS: Final = (_pair(KNEES, ANKLES, 0.1, 0.3), _pair(HIPS, KNEES, 0.15, 0.42))
"""The lower limbs, then the upper ones."""
_FEET: Final = dict(zip(_LEGS[0], _pair(ANKLES, TOES, 0.06, 0.16), strict=True))
_LEAST_SEEN: Final = 0.6
_INNER: Final = (0.2, 0.88)  # of a limb's length: its core; joints lie in folds and cuffs
_OUTER: Final = (-0.35, 1.3)  # where it may go on,
_FADE: Final = (-0.05, 1.05)  # fading from here on: the next limb may not be bare, or was not told for sure
# A limb is bare where its tone is one of the face's, its texture is no coarser, and it is unlike the cloth of the
# breast (arms) or the hips (legs). Sleeves and trousers cover a limb from above, so an upper one is bare only where the
# lower one is. The limits are round numbers, chosen by hand. On colour photos of athletes and guests 35 of 82 bare
# limbs are found so, and 7 of 169 clothed ones: light sleeves on dark shirts and knees above socks.
_TONES: Final = (25, 90)  # percentiles of the face's lightness
_DARKER: Final = (0.0, 12.0)  # lightness below and above them over which a tone stops being the face's
_LIGHTER: Final = (0.0, 6.0)
_TEXTURE: Final = 35  # percentile of what is fine: the outlines of limbs and features are none of it
_LEAST_TEXTURE: Final = 0.2
_COARSER: Final = (0.7, 1.3)  # texture by the face's
_CLOTH: Final = (20, 80)  # percentiles of the cloth's lightness
_UNLIKE: Final = (0.0, 8.0)  # lightness from them
_ALIKE: Final = (9.0, 16.0)  # least and most of lightness by which a limb's skin is off its middle tone
_SURE: Final = (0.35, 0.65)  # of that it is bare, between which a limb takes on colour
_LEAST_CORE: Final = 9  # pixels
_EVEN: Final = 4.0  # lightness by hundredth of a unit, from which an edge parts skin from cloth
_AROUND: Final = 0.6  # units of a face around the points in which limbs lie
_LEAST: Final = 12.0  # pixels of a face's unit: smaller people are not looked at


def find_limb_skin(light: Float, people: Float, body: Body, face: Face, scale: float) -> Float:
    """The skin of a body's bare arms, legs and feet.

    Args:
        light: The photo's lightness, 0..100, float32 h×w.
        people: Share of people, 0..1, float32 h×w.
        body: In pixels of the photo.
        face: Of the same person.
        scale: Pixels of `light` by those of the photo.

    Returns:
        0..1, float32 h×w; less where it may be a sleeve or a trouser leg, nothing where it is one.
    """
    unit = face_unit(face) * scale
    skin = np.zeros_like(light)
    area = _find_area(body, face, scale, light.shape, unit)
    part = light[area]
    origin = np.array([area[1].start, area[0].start], np.float32)
    oval = polygon_mask((part.shape[0], part.shape[1]), face.landmarks[list(OVAL), :2] * scale - origin) > 0
    if unit < _LEAST or oval.sum() < 9:
        return skin
    look, points = _Look.of(part, oval, unit), single(body.points * scale - origin)
    skin[area] = gaussian(_find_skin(look, points, body.seen), max(0.7, 0.02 * unit)) * people[area]
    return skin


def _find_area(body: Body, face: Face, scale: float, shape: tuple[int, ...], unit: float) -> tuple[slice, slice]:
    """The rows and columns in which the face and the limbs that are seen lie."""
    points = np.vstack([body.points[body.seen >= _LEAST_SEEN], face.landmarks[list(OVAL), :2]]) * scale
    low = np.clip(np.floor(points.min(axis=0) - _AROUND * unit), 0, None).astype(int)
    high = np.ceil(points.max(axis=0) + _AROUND * unit).astype(int) + 1
    return slice(low[1], min(high[1], shape[0])), slice(low[0], min(high[0], shape[1]))


def _find_skin(look: _Look, points: Float, seen: Float) -> Float:
    """The skin of bare limbs, 0..1, h×w as the look; points in its pixels."""
    skin = np.zeros_like(look.smooth)
    for parts, cloth in ((_ARMS, _find_breast(look, points, seen)), (_LEGS, _find_hips(look, points, seen))):
        below = (1.0, 1.0)
        for limbs in parts:
            cores = [_find_core(look, points, seen, limb) for limb in limbs]
            bare = [min(_judge(look, core, cloth), lower) for core, lower in zip(cores, below, strict=True)]
            for limb, core, share in zip(limbs, cores, bare, strict=True):
                if share > 0:
                    place = _draw_place(skin.shape, points, limb, seen, look.unit)
                    skin = np.maximum(skin, share * _grow_skin(look, core, place))
            below = (bare[0], bare[1])
    return single(skin)


def _find_core(look: _Look, points: Float, seen: Float, limb: _Limb) -> Mask:
    """The core of a limb, bool h×w; nothing where it is not seen."""
    if min(seen[[limb.start, limb.end]]) < _LEAST_SEEN:
        return np.zeros(look.oval.shape, bool)
    return _draw(look.oval.shape, points, limb, _INNER, limb.core * look.unit)


class _Look(NamedTuple):
    """The measures of a picture, each float32 h×w, and the place of the face."""

    smooth: Float
    """The lightness without grain, 0..100."""
    fine: Float
    """The size of what is finer, of lightness."""
    slope: Float
    """The lightness by hundredth of a unit."""
    oval: Mask
    """The face, bool h×w."""
    unit: float
    """The longer side of the face, pixels."""

    @classmethod
    def of(cls, light: Float, oval: Mask, unit: float) -> _Look:
        smooth = gaussian(light, max(0.7, 0.02 * unit))
        fine = np.abs(light - gaussian(light, max(0.7, 0.04 * unit)))
        return cls(smooth, single(fine), single(steepness(smooth) * unit / 100), oval, unit)


def _judge(look: _Look, core: Mask, cloth: tuple[float, float] | None) -> float:
    """The chance that a limb with this core is bare, 0..1; nothing where it or the cloth is not seen."""
    if core.sum() < _LEAST_CORE or cloth is None:
        return 0.0
    low, high = np.percentile(look.smooth[look.oval], _TONES)
    tone = float(np.median(look.smooth[core]))
    fine, own = (float(np.percentile(look.fine[place], _TEXTURE)) for place in (core, look.oval))
    texture = fine / max(own, _LEAST_TEXTURE)
    unlike = max(cloth[0] - tone, tone - cloth[1])
    beyond = (smoothstep(low - tone, *_DARKER), smoothstep(tone - high, *_LIGHTER), smoothstep(texture, *_COARSER))
    share = float(smoothstep(unlike, *_UNLIKE) * np.prod([1 - one for one in beyond]))
    return float(smoothstep(share, *_SURE))


def _find_breast(look: _Look, points: Float, seen: Float) -> tuple[float, float] | None:
    """The lightness of what the breast and the belly wear, from and to; None where they are not seen."""
    corners = [*SHOULDERS, *HIPS[::-1]]
    if min(seen[list(SHOULDERS)]) < _LEAST_SEEN:
        return None
    middle = points[corners].mean(axis=0)
    hull = cv2.convexHull((middle + 0.7 * (points[corners] - middle)).astype(np.float32))[:, 0]
    return _span(look.smooth, polygon_mask((look.oval.shape[0], look.oval.shape[1]), hull) > 0)


def _find_hips(look: _Look, points: Float, seen: Float) -> tuple[float, float] | None:
    """The same of what the hips and the upper ends of the thighs wear."""
    if min(seen[list(HIPS)]) < _LEAST_SEEN:
        return None
    place = np.zeros(look.oval.shape, bool)
    for limb in _LEGS[1]:
        place |= _draw(look.oval.shape, points, limb, (-0.1, 0.15), limb.core * look.unit)
    return _span(look.smooth, place)


def _span(smooth: Float, place: Mask) -> tuple[float, float] | None:
    if place.sum() < 9:
        return None
    low, high = np.percentile(smooth[place], _CLOTH)
    return float(low), float(high)


def _draw(shape: tuple[int, ...], points: Float, limb: _Limb, part: tuple[float, float], half: float) -> Mask:
    """A part of a limb, from share to share of its length, half as broad as `half` pixels; bool h×w."""
    start, end = points[limb.start], points[limb.end]
    first, last = (np.round((start + share * (end - start)) * 16).astype(int).tolist() for share in part)
    mask = np.zeros((shape[0], shape[1]), np.uint8)
    cv2.line(mask, first, last, 1, max(1, round(2 * half)), shift=4)
    return mask > 0


def _draw_place(shape: tuple[int, ...], points: Float, limb: _Limb, seen: Float, unit: float) -> Float:
    """The place of a limb, a shin's with its foot, 0..1, h×w; it fades out beyond its ends."""
    start, end = points[limb.start], points[limb.end]
    along = (end - start) / max(float(np.sum((end - start) ** 2)), 1.0)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    share = (x - start[0]) * along[0] + (y - start[1]) * along[1]
    fade = smoothstep(share, _OUTER[0], _FADE[0]) * (1 - smoothstep(share, _FADE[1], _OUTER[1]))
    place = _draw(shape, points, limb, _OUTER, limb.breadth * unit) * fade
    foot = _FEET.get(limb)
    if foot is not None and seen[foot.end] >= _LEAST_SEEN:
        place = np.maximum(place, _draw(shape, points, foot, (0.0, 1.2), foot.breadth * unit))
    return single(place)


def _grow_skin(look: _Look, core: Mask, place: Float) -> Float:
    """The region of a bare limb, 0..1: what goes on from its core in its place, as light, without an edge."""
    tone = float(np.median(look.smooth[core]))
    most = float(np.clip(2.5 * np.median(np.abs(look.smooth[core] - tone)), *_ALIKE))
    alike = (np.abs(look.smooth - tone) < most) & (look.slope < _EVEN) & (place > 0)
    kernel = ellipse_kernel(max(1, round(0.03 * look.unit)))
    opened = cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    region = touching_parts(opened > 0, core).astype(np.uint8)
    return single(cv2.morphologyEx(region, cv2.MORPH_CLOSE, kernel) * place)
