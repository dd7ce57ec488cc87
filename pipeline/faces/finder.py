"""Faces of a photo: boxes, 478 landmarks, pose, presence; and which of them the person means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FaceError, Reason
from pipeline.faces.detector import Detection, Detector, overlap
from pipeline.faces.head_pose import HeadFit, Pose, fit_head
from pipeline.faces.landmarks import LandmarkFinder, Mesh
from pipeline.faces.mesh_topology import LEFT_EAR, RIGHT_EAR
from pipeline.runtime import Runtime

PRESENCE = 0.5

# Highest doubt of a human face. Measured 2026-11 on 91 photos of people and 12 without any (dog, cats,
# alpaca, streets, things), each also mirrored, grey, dark, blurred, noisy, scratched, small and turned by 15
# and 45°: people's median is 2 and their 99th percentile on the photos as they are 8.7; the least of all that
# is no human is 10.7. Only four animals were at hand.
MOST_DOUBT = 10.0


def doubt(detection: Detection, mesh: Mesh, head: HeadFit) -> float:
    """How little a place is like a human face, about 0 (sure) to 50.

    Adds up how far five looks at nearly the same crop disagree (thousandths of the face), how far the points
    are from any turned mean face (hundredths of the eyes' distance), and takes off 2 for each detector that
    saw it.
    """
    return 1000 * mesh.spread + 100 * head.residual - 2 * detection.votes


def is_human_face(detection: Detection, mesh: Mesh, head: HeadFit) -> bool:
    """The model's own belief and the doubt together: half-profiles, paintings, babies, blurred faces pass."""
    return mesh.presence >= PRESENCE and doubt(detection, mesh, head) < MOST_DOUBT


__all__ = ["Face", "FaceFinder", "Pose", "cheek_width", "select_faces"]

# A face narrower than this between the cheeks has eyes of 9 px: a blink is then a flicker of three rows.
SMALLEST_WIDTH = 48.0
SURE = 6.0  # a doubt (pipeline.faces.finder) below which other detections inside a face are parts of it


@dataclass(frozen=True, slots=True)
class Face:
    """One found face.

    `box`: float32 (4,), x0 y0 x1 y1 of the landmarks' hull in photo pixels. `landmarks`: float32 (478, 3) in
    photo pixels, pixel centres at whole numbers, z in the same unit, smaller = nearer the camera; 468–472 and
    473–477 are the irises (centre first). MediaPipe's numbering. `presence`: 0..1, the mesh's own belief that
    this is a face. `score`: 0..1 of the detector.
    """

    box: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    pose: Pose
    presence: float
    score: float


class FaceFinder:
    """Finds human faces; `runtime` has the models face_detector, face_detector_full and face_landmarks."""

    def __init__(self, runtime: Runtime) -> None:
        self._detector = Detector(runtime)
        self._landmarks = LandmarkFinder(runtime)

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Faces of `pixels` (uint8 H×W×3, RGB, upright), the most prominent first; none is an empty tuple.

        From about 2 % of the photo's width on, upright or turned up to about 45°. Prominence: see
        `prominence`. What is no human face is left out, see `pipeline.faces.finder`. ValueError: not a photo.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise ValueError(f"a photo is uint8 H×W×3, not {pixels.dtype} {pixels.shape}")
        height, width = pixels.shape[:2]
        found: list[tuple[float, Face]] = []
        for detection in self._detector.find(pixels):
            # a part of a sure face is no second one, and needs no landmarks
            if not _inside(detection.box, [face for unsure, face in found if unsure < SURE]):
                found += self._look(pixels, detection)
        return tuple(sorted(_distinct(found), key=lambda face: -prominence(face, width, height)))

    def _look(self, pixels: NDArray[np.uint8], detection: Detection) -> list[tuple[float, Face]]:
        """(doubt, face) of a place, or nothing."""
        mesh = self._landmarks.find(pixels, detection.square)
        if mesh is None:
            return []
        head = fit_head(mesh.points)
        if not is_human_face(detection, mesh, head):
            return []
        box = np.concatenate([mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)])
        face = Face(box, mesh.points, head.pose, mesh.presence, detection.score)
        return [(doubt(detection, mesh, head), face)]


def _distinct(found: list[tuple[float, Face]]) -> list[Face]:
    """The least doubtful face of each place."""
    kept: list[Face] = []
    for _, face in sorted(found, key=lambda pair: pair[0]):
        if not _inside(face.box, kept):
            kept.append(face)
    return kept


def _inside(box: NDArray[np.float32], faces: list[Face]) -> bool:
    """Whether `box` covers, or mostly lies in, the box of one of `faces`."""
    if not faces:
        return False
    union, inside = overlap(box, np.stack([face.box for face in faces]))
    return bool(((union > 0.3) | (inside > 0.7)).any())


def cheek_width(face: Face) -> float:
    """Distance of the cheek sides in photo pixels, depth included: the same for a turned head."""
    return float(np.linalg.norm(face.landmarks[RIGHT_EAR] - face.landmarks[LEFT_EAR]))


def prominence(face: Face, width: int, height: int) -> float:
    """How much a face is the photo's subject: its size × how central × how frontal, in pixels.

    Size is `cheek_width`. Central: 1 in the photo's middle, 0.6 at a corner. Frontal: 1 looking at the
    camera, 0.7 in profile.
    """
    x, y = (face.box[:2] + face.box[2:]) / 2
    away = np.hypot(x / width - 0.5, y / height - 0.5) / np.hypot(0.5, 0.5)
    frontal = max(0.0, float(np.cos(np.radians(face.pose.yaw))))
    return float(cheek_width(face) * (1 - 0.4 * min(1.0, away)) * (0.7 + 0.3 * frontal))


def select_faces(faces: tuple[Face, ...], wish: str | None) -> tuple[Face, ...]:
    """The faces that are meant, in the order of `faces` (by prominence), all of them large enough to animate.

    `wish`: "largest" | "left" | "right" | "all" | "1".."N", counted from the left of the picture | None or
    "auto": the only face, or one whose cheeks are 1.6 times wider than those of any other. Small faces count
    for "left", "right" and numbers as they do on a numbered picture, and are left out of "all".

    FaceError: `no_face` (none at all, or another number than that of the only one), `face_too_small` (narrower
    than 48 px between the cheeks), `several_faces` (None, and none dominates; or no such number: the question is
    asked again). ValueError: an unknown wish.
    """
    if not faces:
        raise FaceError(Reason.NO_FACE)
    large = tuple(face for face in faces if cheek_width(face) >= SMALLEST_WIDTH)
    if not large:
        raise FaceError(Reason.FACE_TOO_SMALL, f"{max(map(cheek_width, faces)):.0f} px")
    if wish == "all":
        return large
    chosen = _one(faces, large, wish or "auto")
    if cheek_width(chosen) < SMALLEST_WIDTH:
        raise FaceError(Reason.FACE_TOO_SMALL, f"{cheek_width(chosen):.0f} px")
    return (chosen,)


def _one(faces: tuple[Face, ...], large: tuple[Face, ...], wish: str) -> Face:
    from_left = sorted(faces, key=lambda face: float(face.box[0] + face.box[2]))
    by_size = sorted(large, key=cheek_width, reverse=True)
    match wish:
        case "largest":
            return by_size[0]
        case "left":
            return from_left[0]
        case "right":
            return from_left[-1]
        case "auto":
            if len(by_size) > 1 and cheek_width(by_size[0]) < 1.6 * cheek_width(by_size[1]):
                raise FaceError(Reason.SEVERAL_FACES, f"{len(by_size)} faces")
            return by_size[0]
    if not wish.isdecimal():
        raise ValueError(f"unknown wish for a face: {wish!r}")
    if not 1 <= int(wish) <= len(faces):
        reason = Reason.SEVERAL_FACES if len(faces) > 1 else Reason.NO_FACE
        raise FaceError(reason, f"face {wish} of {len(faces)}")
    return from_left[int(wish) - 1]
