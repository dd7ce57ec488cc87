"""The way of drawn frames back into the photo: at its resolution, softly, in its colours, with its fine detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.liveportrait.crop import FaceCrop
from pipeline.animate.liveportrait.detail import FineDetail, to_patch
from pipeline.arrays import Double, Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import gaussian, polygon_mask, resize, smoothstep

_INNER, _OUTER = 0.80, 0.96  # of the half crop: inside the first all is drawn, outside the second nothing
_ROOM: Final = 0.06  # of the crop: how far around the person the drawn frame still shows, for a head that moves
_TONE: Final = 0.06  # of the crop: σ of what counts as colour rather than drawing


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of the photo that one face's frames may change, and all that is the same for each of them.

    Its pixels are those of the photo, (h, w). A frame finer than the photo is shrunk to the photo's size first; `side`
    is the frame's after that.
    """

    rows: slice
    """Rows of the photo."""
    columns: slice
    """Columns of the photo."""
    photo: Float
    """(h, w, 3), 0..255: the photo there."""
    mask: Float
    """(h, w, 1), 0..1: how much of a frame shows."""
    tone: Float
    """(side, side, 3), steps of 255: colour that the nets' pictures lack."""
    fine: FineDetail | None
    """Detail of the photo for which a frame is too coarse; None where it is finer."""
    to_frame: Double
    """2×3: pixel of the patch → pixel of the frame, centres at whole numbers in both."""


def prepare_patch(
    pixels: Pixels, crop: FaceCrop, neutral: Pixels, face: Face, others: Sequence[Face], person: Float
) -> Patch:
    """Make a face's patch.

    Args:
        pixels: The photo, uint8 H×W×3.
        crop: The face's crop.
        neutral: The frame that the nets draw of the photo unmoved, uint8 (side, side, 3).
        face: The face in photo pixels.
        others: Other faces, which stay as they are.
        person: Where people are (`matte.person_mask`) in the part `crop_bounds` of the photo, float32, 0..1; the face
            itself is taken to be one.
    """
    rows, columns = crop_bounds(crop, pixels.shape[:2])
    if crop.square.size < crop.side:  # a frame is finer than the photo: shrunk first, it does not glitter
        side = max(1, round(crop.square.size))
        crop, neutral = FaceCrop(crop.square, _shrink(crop.pixels, side)), _shrink(neutral, side)
    to_frame = np.asarray(cv2.invertAffineTransform(crop.to_photo), np.float64)
    to_frame[:, 2] += to_frame[:, :2] @ (columns.start, rows.start)
    photo = pixels[rows, columns].astype(np.float32)
    place = _crop_places(photo.shape[:2], to_frame, crop.side)
    origin = np.array([columns.start, rows.start], np.float32)
    oval = polygon_mask(person.shape, face.landmarks[list(OVAL), :2] - origin)
    mask = _soft_square(place) * _person_mask(np.maximum(person, oval), crop.square.size)
    mask *= _other_faces_mask(photo.shape[:2], origin, face, others)
    tone = gaussian(crop.pixels.astype(np.float32) - neutral, _TONE * crop.side)
    coarser = crop.square.size > crop.side
    fine = FineDetail.of(photo, neutral.astype(np.float32) + tone, to_frame) if coarser else None
    return Patch(rows, columns, photo, mask[..., None], tone, fine, to_frame)


def paste_frame(patch: Patch, out: Pixels, frame: Pixels, source: Float, driving: Float, share: float) -> None:
    """Lay a frame into `out`, in place; where the mask is 0 not a bit changes.

    Args:
        patch: The face's patch.
        out: The photo, or what of it other faces have changed already, uint8 H×W×3.
        frame: The drawn frame, uint8 (side, side, 3).
        source: Keypoints of the photo, (21, 3).
        driving: Keypoints of the frame, (21, 3): the photo's own fine detail goes about where they go.
        share: How much of the frame shows, 0..1; 0 leaves the photo. With the photo's fine detail a frame at rest is
            the photo and shows in full: half of each would have the detail of neither.
    """
    if share <= 0.0:
        return
    size = patch.photo.shape[:2]
    frame = _shrink(frame, len(patch.tone))
    toned = np.asarray(cv2.add(frame, patch.tone, dtype=cv2.CV_32F), np.float32)
    drawn = to_patch(toned, patch.to_frame, size)
    if patch.fine is not None:
        drawn += patch.fine.moved(toned, source, driving)
    view = out[patch.rows, patch.columns]
    weight = patch.mask if patch.fine is not None else patch.mask * np.float32(share)
    there = view.astype(np.float32)
    drawn -= there
    drawn *= weight
    drawn += there
    blended = cv2.convertScaleAbs(np.maximum(drawn, 0.0))  # rounds, and ends at 255
    np.copyto(view, blended, where=patch.mask > 0.0)


def _shrink(frame: Pixels, side: int) -> Pixels:
    """The frame, reduced by area where it is larger than `side`."""
    if len(frame) <= side:
        return frame
    return np.asarray(cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def crop_bounds(crop: FaceCrop, size: tuple[int, ...]) -> tuple[slice, slice]:
    """The photo's rows and columns that the crop touches."""
    low, high = -0.5, crop.side - 0.5  # its edges, which do not depend on how many pixels it has
    corners = np.array([[low, low, 1], [high, low, 1], [low, high, 1], [high, high, 1]]) @ crop.to_photo.T
    first, last = np.round(corners.min(axis=0)).astype(int), np.round(corners.max(axis=0)).astype(int) + 1
    x0, y0 = (int(max(0, value)) for value in first)
    return slice(y0, max(y0 + 1, min(size[0], int(last[1])))), slice(x0, max(x0 + 1, min(size[1], int(last[0]))))


def _crop_places(size: tuple[int, ...], to_frame: Double, side: int) -> Float:
    """Place of each pixel on the crop: (h, w, 2), -1..1 across and down."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    points = np.stack([x, y, np.ones_like(x)], axis=-1) @ to_frame.T.astype(np.float32)
    return np.asarray((points + 0.5) * (2.0 / side) - 1.0, np.float32)


def _soft_square(place: Float) -> Float:
    """A mask (h, w) of 1 inside, 0 at the crop's border; where the photo ends inside the crop nothing needs to fade."""
    edge = smoothstep(np.abs(place), _INNER, _OUTER)
    return np.asarray((1.0 - edge[..., 0]) * (1.0 - edge[..., 1]), np.float32)


def _person_mask(person: Float, size: float) -> Float:
    """A mask of 1 on the person and around it, 0 farther away: a wall behind nobody stays the photo's."""
    small = min(1.0, 256.0 / max(person.shape))
    shape = (max(4, round(person.shape[0] * small)), max(4, round(person.shape[1] * small)))
    room = _ROOM * size * small
    away = cv2.distanceTransform((resize(person, shape) < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(resize((1.0 - smoothstep(away, room, 2.2 * room)).astype(np.float32), person.shape), np.float32)


def _other_faces_mask(size: tuple[int, ...], origin: Float, face: Face, others: Sequence[Face]) -> Float:
    """A mask (h, w) of 0 on other faces and wherever one of them is nearer, in units of their own sizes."""
    mask = np.ones(size, np.float32)
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)

    def distance(one: Face) -> Float:
        middle, reach = (one.box[:2] + one.box[2:]) / 2 - origin, float((one.box[2:] - one.box[:2]).max())
        return np.asarray(np.hypot(x - middle[0], y - middle[1]) / max(reach, 1.0), np.float32)

    for other in others:
        mask *= smoothstep(distance(other) - distance(face), -0.05, 0.25)
        oval = polygon_mask((size[0], size[1]), other.landmarks[list(OVAL), :2] - origin)
        soft = 0.06 * float((other.box[2:] - other.box[:2]).max())
        away = cv2.distanceTransform(1 - oval, cv2.DIST_L2, 5)
        mask *= smoothstep(away, soft, 3.0 * soft)
    return mask
