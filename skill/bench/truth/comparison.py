"""The comparison of the warp's frames with real frames of the same person who makes the same face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.animator import choose_renderer
from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, trace_contour
from pipeline.animate.warp.face_maps import build_maps
from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import fit_head
from pipeline.faces.landmarks import LandmarkFinder
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask, single
from pipeline.motion.channels import CurveValues
from pipeline.runtime import Runtime
from skill.bench.truth.expression import Expression, measure_expression, read_curves
from skill.bench.truth.footage import Footage, track_face
from skill.bench.truth.lid import ShutLid, measure_shut_lid

SHUT: Final = 0.85
"""A blink from which on an eye counts as shut."""

_TURN: Final = 12.0  # degrees: frames that are turned more from the photo are left out
# landmarks that neither a blink nor a smile moves: nose and the sides of the cheeks. A shut eye draws the mesh's whole
# forehead down by a twentieth of an eye's width.
_STEADY: Final = (195, 5, 98, 327, 127, 356, 234, 454, 227, 447, 93, 323)
_BLINKS: Final = ("blink_r", "blink_l")
_LIPS: Final = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
_BROWS: Final = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
_AROUND: Final = 0.09  # of the outer corners' distance, by which a part is larger than its landmarks' hull
_EYE: Final = (0.62, -0.42, 0.3)  # eye widths: half length of the lids' part, its upper and its lower end


@dataclass(frozen=True, slots=True)
class EyeComparison:
    """One eye of one frame."""

    blink: float
    """The blink's curve, 0..1."""
    error: float
    """Mean absolute difference of the lids' pixels, 0..255."""
    ours: ShutLid | None
    """Our shut lid; None where the eye is not shut."""
    real: ShutLid | None
    """The real one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One frame of footage beside ours."""

    footage: str
    """The video's name."""
    frame: int
    """The frame's index in it."""
    curves: CurveValues
    """The curves that were read from the real frame."""
    errors: dict[str, float]
    """Mean absolute difference of the pixels, 0..255, of each of PARTS."""
    eyes: tuple[EyeComparison, EyeComparison]
    """The person's right and left eye."""
    neutral: Expression
    """The measures of the photo."""
    ours: Expression
    """The measures of our frame."""
    real: Expression
    """The measures of the real frame."""
    pictures: tuple[Pixels, Pixels, Pixels]
    """The photo's, our and the real face, aligned, uint8 h×w×3."""

    @property
    def sizes(self) -> dict[str, float]:
        """Size of the change of each of PARTS, 1 = a full one."""
        curves = self.curves
        mouth, brows = abs(curves["smile"]), abs(curves["brow"])
        lids = max(curves[name] for name in _BLINKS)
        return {"lids": lids, "mouth": mouth, "brows": brows, "face": max(lids, mouth, brows)}


def compare_footage(footage: Footage, runtime: Runtime, every: int = 1) -> Iterator[Comparison]:
    """Compare the frames of one video with what the warp makes of its neutral frame.

    Args:
        footage: The video; frames that are turned far from its neutral one are left out.
        runtime: Has the models of faces and of the warp.
        every: Only every n-th frame is compared.
    """
    start = footage.neutral
    photo, face, neutral = footage.frames[start], footage.faces[start], footage.expressions[start]
    maps = build_maps(runtime, photo, face)
    renderer = choose_renderer(runtime, maps)
    tracker = LandmarkFinder(runtime)
    for index in range(0, len(footage.frames), every):
        turn = np.array([getattr(footage.expressions[index].pose, axis) for axis in ("yaw", "pitch", "roll")])
        turn -= np.array([face.pose.yaw, face.pose.pitch, face.pose.roll])
        if index == start or np.abs(turn).max() > _TURN:
            continue
        curves = read_curves(neutral, footage.expressions[index])
        ours = photo.copy()
        (ours[maps.region.slices],) = renderer.render_batch([curves])
        our_face = track_face(tracker, ours, face)
        if our_face is not None:
            yield _compare(footage, index, curves, ours, our_face)


def _compare(footage: Footage, index: int, curves: CurveValues, ours: Pixels, our_face: Face) -> Comparison:
    photo_face, real_face = footage.faces[footage.neutral], footage.faces[index]
    size = (ours.shape[0], ours.shape[1])
    photo, _ = _align(footage.frames[footage.neutral], photo_face, our_face, size)
    real, moved = _align(footage.frames[index], real_face, our_face, size)
    placed = _turn_along(photo_face.landmarks, our_face.landmarks)
    contours = [trace_contour(placed, eye) for eye in (RIGHT, LEFT)]
    difference = np.abs(ours.astype(np.float32) - real).mean(-1)
    neutral, found = footage.expressions[footage.neutral], measure_expression(our_face.landmarks)
    regions = _find_regions(size, placed, moved)
    errors = {name: float(difference[mask].mean()) for name, mask in regions.items()}
    eyes = []
    for contour, name in zip(contours, _BLINKS, strict=True):
        shut = curves[name] >= SHUT
        lids = [measure_shut_lid(one, contour) if shut else None for one in (ours, real)]
        error = float(difference[_lids(size, contour)].mean())
        eyes.append(EyeComparison(curves[name], error, lids[0], lids[1]))
    errors["lids"] = max(eyes, key=lambda eye: eye.blink).error
    area = _face_area(size, placed)
    pictures = (photo[area], ours[area], real[area])
    expressions = (neutral, found, footage.expressions[index])
    return Comparison(footage.name, index, curves, errors, (eyes[0], eyes[1]), *expressions, pictures)


def _align(pixels: Pixels, face: Face, target: Face, size: tuple[int, int]) -> tuple[Pixels, Float]:
    """A frame moved, turned and scaled so that its rigid landmarks lie on another's, and its landmarks (478, 2)."""
    here, there = (one.landmarks[list(_STEADY), :2].astype(np.float64) for one in (face, target))
    a, b = here - here.mean(0), there - there.mean(0)
    cos, sin = (a * b).sum() / (a * a).sum(), (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / (a * a).sum()
    turn = np.array([[cos, -sin], [sin, cos]])
    matrix = np.column_stack([turn, there.mean(0) - turn @ here.mean(0)])
    moved = cv2.warpAffine(pixels, matrix, size[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8), (face.landmarks[:, :2] @ turn.T + matrix[:, 2]).astype(np.float32)


def _turn_along(landmarks: Float, target: Float) -> Float:
    """Landmarks (478, 3) of the photo, rigidly moved to where the head `target` (478, 3) is: its own expression."""
    own, other = fit_head(landmarks), fit_head(target)
    points = list(_STEADY)
    front = (landmarks.astype(np.float64) - landmarks[points].mean(0)) @ own.rotation / own.scale
    return np.asarray(other.scale * front @ other.rotation.T + target[points].mean(0), np.float32)


def _find_regions(size: tuple[int, int], placed: Float, moved: Float) -> dict[str, Mask]:
    """Mouth, brows and face as masks; a part covers where its landmarks are on the photo and on the real frame."""
    reach = max(1, round(_AROUND * float(np.linalg.norm(placed[33, :2] - placed[263, :2]))))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)

    def hull(landmarks: tuple[int, ...]) -> Mask:
        both = np.concatenate([placed[list(landmarks), :2], moved[list(landmarks), :2]])
        outline = single(cv2.convexHull(both.astype(np.float32))[:, 0])
        return np.asarray(cv2.dilate(polygon_mask(size, outline), kernel) > 0)

    face = polygon_mask(size, placed[list(OVAL), :2]) > 0
    return {"mouth": hull(_LIPS), "brows": hull(_BROWS[0]) | hull(_BROWS[1]), "face": np.asarray(face)}


def _lids(size: tuple[int, int], eye: Contour) -> Mask:
    """The part around an eye in which its lids move."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    u, v = eye.local(x, y)
    half, top, bottom = (eye.width * share for share in _EYE)
    return np.asarray((np.abs(u) < half) & (v > top) & (v < bottom))


def _face_area(size: tuple[int, int], placed: Float) -> tuple[slice, slice]:
    """The face's box, a little larger, inside the picture."""
    low, high = placed[:, :2].min(0), placed[:, :2].max(0)
    edge = 0.08 * (high - low)
    left, top = np.maximum(np.floor(low - edge).astype(int), 0)
    right, bottom = np.minimum(np.ceil(high + edge).astype(int), size[::-1])
    return slice(int(top), int(bottom)), slice(int(left), int(right))
