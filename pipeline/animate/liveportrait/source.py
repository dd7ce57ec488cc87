"""What the nets see in a photo, once: its feature volume, its pose and keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.animate.liveportrait.crop import FaceCrop, eye_ratios, lip_ratio
from pipeline.arrays import Float
from pipeline.runtime import CUDA, Runtime

KEYPOINTS: Final = 21
APPEARANCE, APPEARANCE_FP16 = "liveportrait_appearance", "liveportrait_appearance_fp16"
MOTION = "liveportrait_motion"


@dataclass(frozen=True, slots=True)
class Seen:
    """What M answers for n pictures, see docs/liveportrait.md. float32.

    `pose` (n, 3): pitch, yaw, roll in degrees. `expression`, `keypoints` (n, 21, 3). `scale` (n,).
    `translation` (n, 2).
    """

    pose: Float
    expression: Float
    scale: Float
    translation: Float
    keypoints: Float


@dataclass(frozen=True, slots=True)
class Source:
    """The photo's side of every frame.

    `feature`: float32 (1, C, D, h, w). `seen`: M's answer, n = 1. `rotation`: (3, 3) of its pose. `points`: its
    keypoints, (21, 3). `eyes`: how open, at the left and right of the picture; `lips`: how open the mouth is.
    """

    feature: Float
    seen: Seen
    rotation: Float
    points: Float
    eyes: tuple[float, float]
    lips: float


def look(runtime: Runtime, face: FaceCrop, landmarks: Float) -> Source:
    """Read a photo. landmarks: (478, 3) of the same face, in any one picture's pixels."""
    picture = face.picture
    name = APPEARANCE_FP16 if CUDA in runtime.providers else APPEARANCE
    feature = runtime.run(name, {"picture": picture})["feature"]
    seen = analyse(runtime, picture)
    turned = rotation(seen.pose)
    points = placed(seen.keypoints @ turned + seen.expression, seen.scale, seen.translation)
    return Source(feature, seen, turned[0], points[0], eye_ratios(landmarks), lip_ratio(landmarks))


def analyse(runtime: Runtime, pictures: Float) -> Seen:
    """M on (n, 3, side, side), RGB 0..1."""
    out = runtime.run(MOTION, {"picture": pictures})
    count = len(pictures)
    return Seen(
        out["pose"].reshape(count, 3),
        out["expression"].reshape(count, KEYPOINTS, 3),
        out["scale"].reshape(count),
        out["translation"].reshape(count, 3)[:, :2],
        out["keypoints"].reshape(count, KEYPOINTS, 3),
    )


def placed(shape: Float, scale: Float, translation: Float) -> Float:
    """shape (n, 21, 3) · scale (n,) + translation (n, 2); the depth of a translation is not used."""
    points = shape * scale[:, None, None]
    points[:, :, :2] += translation[:, None, :]
    return points.astype(np.float32)


def rotation(pose: Float) -> Float:
    """pose (n, 3), pitch, yaw, roll in degrees → (n, 3, 3), to be multiplied from the right: (Rz · Ry · Rx)ᵀ."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians(pose)).T, np.sin(np.radians(pose)).T
    rows = (
        (cz * cy, sz * cy, -sy),
        (cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx),
        (cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2).astype(np.float32)
