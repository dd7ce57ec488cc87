"""The analysis of a photo by the nets, once a clip: its feature volume, its pose and keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.liveportrait.crop import FaceCrop, eye_heights, eye_ratios, lip_ratio
from pipeline.arrays import Float
from pipeline.runtime import CUDA, Runtime

KEYPOINTS: Final = 21
APPEARANCE, APPEARANCE_FP16 = "liveportrait_appearance", "liveportrait_appearance_fp16"
MOTION = "liveportrait_motion"


@dataclass(frozen=True, slots=True)
class KeypointInfo:
    """M's answer for n pictures, float32; see docs/liveportrait.md."""

    pose: Float
    """(n, 3): pitch, yaw, roll in degrees, in LivePortrait's signs."""
    expression: Float
    """(n, 21, 3): offsets of the keypoints."""
    scale: Float
    """(n,): size of the head, > 0."""
    translation: Float
    """(n, 2): shift across and down, in half crops."""
    keypoints: Float
    """(n, 21, 3): canonical keypoints, of the head looking straight ahead without expression."""


@dataclass(frozen=True, slots=True)
class Source:
    """One face of the photo, as every frame of it begins."""

    feature: Float
    """float32 (1, C, D, h, w): F's feature volume."""
    info: KeypointInfo
    """M's answer, n = 1."""
    rotation: Float
    """(3, 3): the rotation of its pose, see `rotation_matrices`."""
    points: Float
    """(21, 3): its keypoints on the crop, -1..1 across and down."""
    eyes: tuple[float, float]
    """Openness of the person's right and left eye, see `eye_ratios`."""
    eye_heights: tuple[float, float]
    """Distance of the lids of the person's right and left eye, in half crops."""
    lips: float
    """Openness of the mouth, see `lip_ratio`."""


def analyse_photo(runtime: Runtime, face: FaceCrop, landmarks: Float) -> Source:
    """Run F and M on a photo.

    Args:
        runtime: Has the models liveportrait_appearance (on a GPU the one of fp16) and liveportrait_motion.
        face: The face's crop.
        landmarks: float32 (478, 3) of the same face, in pixels of the photo.
    """
    picture = face.picture
    name = APPEARANCE_FP16 if CUDA in runtime.providers else APPEARANCE
    feature = runtime.run(name, {"picture": picture})["feature"]
    info = estimate_keypoints(runtime, picture)
    turned = rotation_matrices(info.pose)
    points = transform_keypoints(info.keypoints @ turned + info.expression, info.scale, info.translation)
    right, left = (2.0 * height / face.square.size for height in eye_heights(landmarks))
    return Source(feature, info, turned[0], points[0], eye_ratios(landmarks), (right, left), lip_ratio(landmarks))


def estimate_keypoints(runtime: Runtime, pictures: Float) -> KeypointInfo:
    """Run M on pictures (n, 3, side, side), RGB 0..1."""
    out = runtime.run(MOTION, {"picture": pictures})
    count = len(pictures)
    return KeypointInfo(
        out["pose"].reshape(count, 3),
        out["expression"].reshape(count, KEYPOINTS, 3),
        out["scale"].reshape(count),
        out["translation"].reshape(count, 3)[:, :2],
        out["keypoints"].reshape(count, KEYPOINTS, 3),
    )


def transform_keypoints(shape: Float, scale: Float, translation: Float) -> Float:
    """Place keypoints: shape (n, 21, 3) · scale (n,) + translation (n, 2), whose depth is not used."""
    points = shape * scale[:, None, None]
    points[:, :, :2] += translation[:, None, :]
    return points.astype(np.float32)


def rotation_matrices(pose: Float) -> Float:
    """Rotations (n, 3, 3) of poses (n, 3): pitch, yaw, roll in degrees.

    They are (Rz · Ry · Rx)ᵀ, to be multiplied from the right.
    """
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians(pose)).T, np.sin(np.radians(pose)).T
    rows = (
        (cz * cy, sz * cy, -sy),
        (cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx),
        (cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2).astype(np.float32)
