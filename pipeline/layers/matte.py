"""Soft matte of a person: the share of each pixel that belongs to the person of a face, hair by hair."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES, LEFT_EAR, OVAL, RIGHT_EAR
from pipeline.image_ops import ellipse_kernel, gaussian, polygon_mask, resize, single
from pipeline.runtime import Runtime, only_input

_WORK: Final = 512  # long side at which the matting equations are solved; finer detail comes from the guided upsampling
_NET: Final = 256
_SURE_PERSON: Final = 0.85
_SURE_BACKGROUND: Final = 0.15


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

    Closed-form matting (Levin et al. 2008) in the band where the mask is unsure, its equations applied with box filters
    (He et al. 2010, large-kernel matting Laplacian), then a colour guided filter at full size.

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
    alpha = _solve_band(guide, rough, known)
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


class _WindowModel:
    """The local model behind closed-form matting and the guided filter: alpha ≈ a·colour + b in every window."""

    def __init__(self, guide: Float, radius: int, epsilon: float) -> None:
        """`guide`: float32 H×W×3, 0..1; `radius` of the windows in pixels; `epsilon` keeps `a` small."""
        self._guide = guide
        self._window = (2 * radius + 1, 2 * radius + 1)
        self._mean = self._box(guide)
        self._inverse = self._inverse_covariance(guide.astype(np.float64), epsilon)

    def _box(self, image: Float) -> Float:
        return np.asarray(cv2.boxFilter(image, -1, self._window, borderType=cv2.BORDER_REFLECT))

    def _inverse_covariance(self, guide: Double, epsilon: float) -> tuple[Float, ...]:
        """Upper triangle of (covariance + epsilon·1)⁻¹ per window, by cofactors.

        In doubles, for the variances of flat windows are far below the rounding of single floats.
        """

        def entry(i: int, j: int) -> Double:
            product = cv2.boxFilter(guide[..., i] * guide[..., j], -1, self._window, borderType=cv2.BORDER_REFLECT)
            value: Double = product - mean[..., i] * mean[..., j] + (epsilon if i == j else 0.0)
            return value

        mean = cv2.boxFilter(guide, -1, self._window, borderType=cv2.BORDER_REFLECT)
        a, b, c = entry(0, 0), entry(0, 1), entry(0, 2)
        d, e, f = entry(1, 1), entry(1, 2), entry(2, 2)
        cofactors = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
        determinant = np.maximum(a * cofactors[0] + b * cofactors[1] + c * cofactors[2], 1e-30)
        return tuple((cofactor / determinant).astype(np.float32) for cofactor in cofactors)

    def fit(self, alpha: Float) -> tuple[Float, Float]:
        """Window-averaged coefficients (H×W×3, H×W) of the model fitted to alpha."""
        mean_alpha = self._box(alpha)
        cross = self._box(self._guide * alpha[..., None]) - self._mean * mean_alpha[..., None]
        x, y, z = cross[..., 0], cross[..., 1], cross[..., 2]
        i00, i01, i02, i11, i12, i22 = self._inverse
        slope = np.dstack([i00 * x + i01 * y + i02 * z, i01 * x + i11 * y + i12 * z, i02 * x + i12 * y + i22 * z])
        offset = mean_alpha - _dot(slope, self._mean)
        return self._box(slope), self._box(offset)

    def residual(self, alpha: Float) -> Float:
        """The part of alpha that the models don't explain: the matting Laplacian on alpha, over the window's size."""
        slope, offset = self.fit(alpha)
        return alpha - _dot(slope, self._guide) - offset


def _dot(a: Float, b: Float) -> Float:
    """Sum over the channels of a·b, both H×W×3."""
    return np.asarray(cv2.transform(cv2.multiply(a, b), np.ones((1, 3), np.float32)))


def _solve_band(guide: Float, rough: Float, known: Float, iterations: int = 70) -> Float:
    """Conjugate gradients on the unsure pixels only, within their bounding box; the rest keeps its value."""
    unsure = known == 0.5
    alpha = np.where(unsure, rough, known).astype(np.float32)
    if not unsure.any():
        return alpha
    rows, columns = np.nonzero(unsure)
    pad = 8
    area = np.s_[max(0, rows.min() - pad) : rows.max() + pad + 1, max(0, columns.min() - pad) : columns.max() + pad + 1]
    free = unsure[area].astype(np.float32)
    model = _WindowModel(np.ascontiguousarray(guide[area]), radius=1, epsilon=1e-5 / 9)
    x = alpha[area].copy()
    r = -model.residual(x) * free
    p = r.copy()
    energy = float((r * r).sum())
    for _ in range(iterations):
        if energy < 1e-6 * free.sum() * 1e-3:
            break
        q = model.residual(p) * free
        step = energy / max(float((p * q).sum()), 1e-12)
        x += step * p
        r -= step * q
        renewed = float((r * r).sum())
        p = r + (renewed / max(energy, 1e-20)) * p
        energy = renewed
    alpha[area] = np.clip(x, 0.0, 1.0)
    return alpha


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
    slope, offset = _WindowModel(guide, radius, 1e-4).fit(alpha)
    full = resize(offset, (height, width))
    for channel in range(3):
        full += resize(slope[..., channel], (height, width)) * (pixels[..., channel].astype(np.float32) / 255.0)
    return np.clip(full, 0.0, 1.0)
