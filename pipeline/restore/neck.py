"""The neck below a face: skin that no landmark shows, told by the lightness of the face and its own even surface."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, single, smoothstep, steepness
from pipeline.restore.colour_view import face_plane, face_unit

# In units of a face, from its middle; the chin lies half a unit below it.
_BELOW: Final = (0.3, 1.5)
_BESIDE: Final = (0.36, 0.35)  # to both sides where it begins, and more for each unit below: the jaw hides the rest
_SEED: Final = (0.52, 0.72, 0.22)  # from, to, and to both sides: what lies there is a neck, a beard or a collar
_LARGEST: Final = 0.45  # of a unit's square: where more is alike, it may be a dress or a sweater
_FADE: Final = (1.0, 1.45)
_DARKER: Final = 24.0  # lightness by which a neck may lie in the chin's shadow
_LIGHTEST: Final = 85  # percentile of a face's lightness: more light falls on no neck
_TURNED: Final = 25.0  # degrees to a side: beyond them the wall lies where a neck would be
_EVEN: Final = 3.0  # lightness by hundredth of a unit, from which an edge parts skin from cloth
_LEAST_SEED: Final = 0.2  # share of the seed's place that has to be skin


def find_neck(light: Float, people: Float, face: Face, scale: float) -> Float:
    """The skin below a face, as far as it can be told from a collar.

    Args:
        light: The photo's lightness, 0..100, float32 h×w.
        people: Share of people, 0..1, float32 h×w.
        face: In pixels of the photo.
        scale: Pixels of `light` by those of the photo.

    Returns:
        0..1, float32 h×w; nothing where the chin's surroundings are no skin: a beard, a scarf, a dark shadow; and
        nothing where clothes are alike.
    """
    unit = face_unit(face) * scale
    y, x = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float32) / np.float32(scale)
    across, down = (row[0] * x + row[1] * y + row[2] for row in face_plane(face))
    oval = polygon_mask((light.shape[0], light.shape[1]), face.landmarks[list(OVAL), :2] * scale) > 0
    if not oval.any() or abs(face.pose.yaw) > _TURNED:
        return np.zeros_like(light)
    free = _like_skin(light, light[oval], unit) & (people > 0.5) & ~oval
    broad = _BESIDE[0] + _BESIDE[1] * (down - _BELOW[0])
    free &= (down > _BELOW[0]) & (down < _BELOW[1]) & (np.abs(across) < broad)
    opened = cv2.morphologyEx(free.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(round(0.012 * unit)))
    place = (down > _SEED[0]) & (down < _SEED[1]) & (np.abs(across) < _SEED[2])
    if opened[place].size == 0 or opened[place].mean() < _LEAST_SEED:
        return np.zeros_like(light)
    _, labels = cv2.connectedComponents(opened)
    counts = np.bincount(labels[place & (opened > 0)])
    skin: Mask = labels == int(counts.argmax())
    if skin.sum() > _LARGEST * unit**2:
        return np.zeros_like(light)
    closed = cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_CLOSE, ellipse_kernel(round(0.04 * unit)))
    soft = gaussian(cv2.dilate(closed, ellipse_kernel(round(0.012 * unit))).astype(np.float32), 0.015 * unit)
    return single(soft * (1 - smoothstep(down, *_FADE)) * people)


def _like_skin(light: Float, skin: Float, unit: float) -> Mask:
    """The places at which a picture is as light as a face's skin, or lies in its shadow, and has no edge; bool h×w."""
    low, high = np.percentile(skin, (25, _LIGHTEST))
    smooth = gaussian(light, max(0.7, 0.008 * unit))
    slope = steepness(smooth) * unit / 100
    return np.asarray((smooth > low - _DARKER) & (smooth < high) & (slope < _EVEN), bool)
