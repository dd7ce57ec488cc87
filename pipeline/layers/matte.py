"""Soft matte of a person: the share of each pixel that belongs to the person of a face, hair by hair."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES, LEFT_EAR, OVAL, RIGHT_EAR
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, resize, single
from pipeline.layers.matting_band import solve_band, window_statistics
from pipeline.runtime import Runtime, only_input

_WORK: Final = 512  # long side at which the matting equations are solved; finer detail comes from the guided upsampling
_NET: Final = 256
_SURE_PERSON: Final = 0.85
_SURE_BACKGROUND: Final = 0.15
_FLAT: Final = 1e-4  # added to the variances of the guided filter's windows


def person_mask(runtime: Runtime, pixels: Pixels) -> Float:
    """Rough mask of all people.

    Args:
        runtime: Has the model person_segmentation.
        pixels: The photo, uint8 H×W×3 RGB.

    Returns:
        float32 H×W, 0..1.
    """
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (_NET, _NET), interpolation=cv2.INTER_AREA)
    feeds = {only_input(runtime.session("person_segmentation")): small[None].astype(np.float32) / 255.0}
    (mask,) = runtime.run("person_segmentation", feeds).values()
    return np.clip(resize(mask.reshape(_NET, _NET), (height, width)), 0.0, 1.0)


def person_matte(pixels: Pixels, mask: Float, face: Face, others: tuple[Face, ...] = ()) -> Float:
    """Soft matte of the person to whom a face belongs.

    Closed-form matting in the band where the mask is unsure (`solve_band`), then a colour guided filter at full size.

    Args:
        pixels: The photo, uint8 H×W×3 RGB.
        mask: float32 H×W, see `person_mask`.
        face: The person's face, in pixels of the photo.
        others: Faces of the other people, in pixels of the photo.

    Returns:
        float32 H×W, 0..1.
    """
    height, width = mask.shape
    oval = polygon_mask((height, width), face.landmarks[OVAL, :2])
    for other in others:
        mask = np.where(polygon_mask((height, width), other.landmarks[OVAL, :2]) > 0, 0.0, mask)
    mask = np.maximum(mask, oval)
    scale = min(1.0, _WORK / max(height, width))
    size = (max(8, round(height * scale)), max(8, round(width * scale)))
    guide = resize(pixels, size).astype(np.float32) / 255.0
    rough = resize(mask, size)
    face_width = float(np.linalg.norm(face.landmarks[LEFT_EAR, :2] - face.landmarks[RIGHT_EAR, :2])) * scale
    known = _trimap(rough, face_width)
    unsure = known == 0.5
    alpha = solve_band(guide, single(np.where(unsure, rough, known)), unsure)
    alpha = _only_this_person(alpha, resize(oval.astype(np.float32), size) > 0.5)
    if scale < 1.0:
        alpha = _guided_upsample(pixels, guide, alpha, radius=max(2, round(0.02 * face_width)))
    alpha = np.clip((alpha - 0.06) / 0.90, 0.0, 1.0)  # without the haze, which would drag the wall along
    return single(np.maximum(alpha, _eyes((height, width), face)))


def _eyes(size: tuple[int, int], face: Face) -> Float:
    """1 over the eyes and a little around: the white of a half-profile's far eye is easily taken for the wall."""
    mask = np.zeros(size, np.uint8)
    for eye in EYES:
        points = face.landmarks[list(eye), :2]
        width = float(np.linalg.norm(np.ptp(points, axis=0)))
        part = polygon_mask(size, points)
        mask = np.maximum(mask, cv2.dilate(part, ellipse_kernel(max(1, round(0.12 * width)))))
    return gaussian(mask.astype(np.float32), 1.0)


def _trimap(rough: Float, face_width: float) -> Float:
    """1 person, 0 background, 0.5 unsure; the band is wider outwards, where loose hair lies."""
    band = max(3.0, 0.055 * face_width)
    inside = cv2.distanceTransform((rough > _SURE_PERSON).astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((rough < _SURE_BACKGROUND).astype(np.uint8), cv2.DIST_L2, 5)
    known = np.full(rough.shape, 0.5, np.float32)
    known[inside > 0.8 * band] = 1.0
    known[outside > 1.2 * band] = 0.0
    return known


def _only_this_person(alpha: Float, oval: Mask) -> Float:
    """Keep the component that fills the face oval; the nose tip of a profile lies outside it, so count pixels."""
    count, labels = cv2.connectedComponents((alpha > 0.3).astype(np.uint8))
    votes = np.bincount(labels[oval], minlength=count)
    votes[0] = 0
    keep = int(votes.argmax())
    if votes[keep] == 0:
        return np.where(oval, 1.0, 0.0).astype(np.float32)
    near = cv2.dilate((labels == keep).astype(np.uint8), ellipse_kernel(3)) > 0
    return np.where(near, alpha, 0.0).astype(np.float32)


def _guided_upsample(pixels: Pixels, guide: Float, alpha: Float, radius: int) -> Float:
    """Fast guided filter (He & Sun 2015): the local models are fitted small and applied to the full photo."""
    height, width = pixels.shape[:2]
    slope, offset = _fit_windows(guide, alpha, radius)
    full = resize(offset, (height, width))
    for channel in range(3):
        full += resize(slope[..., channel], (height, width)) * (pixels[..., channel].astype(np.float32) / 255.0)
    return np.clip(full, 0.0, 1.0)


def _fit_windows(guide: Float, alpha: Float, radius: int) -> tuple[Float, Float]:
    """Window-averaged slope (h, w, 3) and offset (h, w) of the local models alpha ≈ slope·colour + offset."""

    def box(image: Float) -> Float:
        side = 2 * radius + 1
        return np.asarray(cv2.boxFilter(image, -1, (side, side), borderType=cv2.BORDER_REFLECT))

    mean, inverse = window_statistics(guide, radius, _FLAT)
    mean_alpha = box(alpha)
    cross = box(guide * alpha[..., None]) - mean * mean_alpha[..., None]
    x, y, z = cross[..., 0], cross[..., 1], cross[..., 2]
    i00, i01, i02, i11, i12, i22 = inverse
    slope = np.dstack([i00 * x + i01 * y + i02 * z, i01 * x + i11 * y + i12 * z, i02 * x + i12 * y + i22 * z])
    return box(slope), box(mean_alpha - single((slope * mean).sum(-1)))
