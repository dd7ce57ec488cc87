"""The photo's detail that a drawn frame is too coarse for, carried along with the face that moves.

A frame has 512 pixels a side, a 4K portrait four times as many on the same face. What the nets' frame of the unmoved
photo lacks is kept, and laid over each frame where its pixels have gone to: the keypoints say roughly where, optical
flow from frame to frame says exactly. Where the moved picture does not explain the frame (a mouth that opened, a lid
over an iris), nothing is laid over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.image_ops import gaussian, remap, resize, sample, smoothstep

_REACH: Final = 0.18  # half crops: σ of a keypoint's neighbourhood
_CELL: Final = 8  # frame pixels of a cell in which the keypoints' shift is computed
_FLOW_CELLS: Final = 128  # across a frame: the finest at which optical flow is sought; 5 ms for a frame of 512 px
_FLOW_SMOOTH: Final = 1 / 128  # of the frame: σ of the flow, which trembles
_STILL, _MOVED = 0.03, 0.2  # frame pixels: flow below the first is none, so that a face at rest is the photo itself
_ALIKE, _UNLIKE = 4.0, 14.0  # steps of 255 between the frame and the moved picture: beyond, it is something else
_MAX_SHARPENING: Final = 0.8  # more would ring at hard edges
_MEASURED_SIDE: Final = 512  # pixels at most, in which the loss by sampling is measured


@dataclass(frozen=True, slots=True)
class FineDetail:
    """The photo's detail that the nets' frame of the unmoved photo lacks, in the pixels of a `paste.Patch`, (h, w)."""

    detail: Float
    """(h, w, 3), steps of 255: the photo less that frame."""
    neutral: Float
    """(side, side, 3), 0..255: that frame, in the photo's colours."""
    grey: Pixels
    """(side, side): its brightness."""
    to_frame: Double
    """2×3: pixel of the patch → pixel of the frame, centres at whole numbers in both."""
    sharpening: float
    """Unsharp mask that brings back what sampling in the middle of four pixels costs, 0..`_MAX_SHARPENING`."""

    @classmethod
    def of(cls, photo: Float, neutral: Float, to_frame: Double) -> FineDetail:
        """Compute it.

        Args:
            photo: (h, w, 3), 0..255.
            neutral: The frame of the unmoved photo, (side, side, 3), 0..255, in the photo's colours.
            to_frame: See the field.
        """
        detail = photo - to_patch(neutral, to_frame, photo.shape[:2])
        return cls(detail, neutral, _brightness(neutral), to_frame, measure_sharpening(detail))

    def moved(self, frame: Float, source: Float, driving: Float) -> Float:
        """The detail (h, w, 3) of a frame, where it lies there; 0 where the frame shows something else.

        Args:
            frame: The drawn frame in the photo's colours, (side, side, 3), 0..255.
            source: Keypoints of the photo, (21, 3).
            driving: Keypoints of the frame, (21, 3).
        """
        size = self.detail.shape[:2]
        flow = self._flow(frame, -keypoint_shift(len(frame), source, driving))
        fits = to_patch(self._likeness(frame, flow), self.to_frame, size, cv2.INTER_LINEAR)
        if not flow.any():
            return np.asarray(self.detail * fits[..., None], np.float32)
        carried = self._carry(flow)
        carried *= fits[..., None]
        return carried

    def _carry(self, flow: Float) -> Float:
        """The detail where the flow has brought it, as sharp as it was: sampling between pixels costs some of it."""
        size = self.detail.shape[:2]
        back = flow @ np.linalg.inv(self.to_frame[:, :2]).T.astype(np.float32)  # in pixels of the patch
        place = to_patch(back, self.to_frame, size, cv2.INTER_LINEAR)
        place[..., 0] += np.arange(size[1], dtype=np.float32)
        place[..., 1] += np.arange(size[0], dtype=np.float32)[:, None]
        carried = np.asarray(remap(self.detail, place, cv2.INTER_CUBIC), np.float32)
        if self.sharpening:
            gain = np.float32(self.sharpening) * _loss(place)
            carried += cv2.multiply(cv2.subtract(carried, gaussian(carried, 1.0)), cv2.merge([gain] * 3))
        return carried

    def _flow(self, frame: Float, guess: Float) -> Float:
        """The way of each pixel of a frame back to its place on the neutral one, (side, side, 2), in frame pixels."""
        side = len(frame)
        search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        search.setFinestScale(int(np.clip(round(np.log2(side / _FLOW_CELLS)), 0, 2)))
        flow = gaussian(search.calc(_brightness(frame), self.grey, guess), _FLOW_SMOOTH * side)
        length = np.hypot(flow[..., 0], flow[..., 1])
        return np.asarray(flow * smoothstep(length, _STILL, _MOVED)[..., None], np.float32)

    def _likeness(self, frame: Float, flow: Float) -> Float:
        """The share, 0..1, to which the moved neutral frame explains a frame, (side, side)."""
        y, x = np.mgrid[: len(frame), : len(frame)].astype(np.float32)
        there = remap(self.neutral, np.stack([x + flow[..., 0], y + flow[..., 1]], axis=-1))
        unlike = cv2.resize(cv2.absdiff(frame, there), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        alike = 1.0 - smoothstep(unlike.max(axis=-1), _ALIKE, _UNLIKE)
        return np.asarray(resize(alike.astype(np.float32), frame.shape[:2]), np.float32)


def measure_sharpening(detail: Float) -> float:
    """The unsharp mask that gives detail (h, w, 3), moved by half a pixel each way, its own Laplacian's energy back."""
    corner = [max(0, (length - _MEASURED_SIDE) // 2) for length in detail.shape[:2]]
    part = np.ascontiguousarray(detail[corner[0] :, corner[1] :, 1][:_MEASURED_SIDE, :_MEASURED_SIDE])
    y, x = (np.mgrid[: part.shape[0], : part.shape[1]] + 0.5).astype(np.float32)
    half = sample(part, x, y, cv2.INTER_CUBIC)
    own, lost, gain = (cv2.Laplacian(image, cv2.CV_32F) for image in (part, half, half - gaussian(half, 1.0)))
    # |lost + a·gain|² = |own|²
    square, mixed = float((gain**2).mean()), float((lost * gain).mean())
    missing = float((own**2).mean() - (lost**2).mean())
    if square <= 0.0 or missing <= 0.0:
        return 0.0
    return float(min(_MAX_SHARPENING, (np.sqrt(mixed**2 + square * missing) - mixed) / square))


def _loss(place: Float) -> Float:
    """The loss of the finest detail by sampling at places (h, w, 2), (h, w): 0 on a pixel, 1 in the middle of four."""
    between = place - np.floor(place)
    x, y = between[..., 0], between[..., 1]
    x, y = x - x * x, y - y * y
    return np.asarray(np.float32(8.0) * (x * x + y * y), np.float32)


def keypoint_shift(side: int, source: Float, driving: Float) -> Float:
    """The keypoints' shift at the pixels of a frame, (side, side, 2) in frame pixels.

    It is weighted by nearness to the keypoints of the frame; far away from all it is none.
    """
    cells = max(2, side // _CELL)
    line = (np.arange(cells, dtype=np.float32) + 0.5) * (2.0 / cells) - 1.0
    place = np.stack(np.meshgrid(line, line), axis=-1)
    away = ((place[:, :, None, :] - driving[None, None, :, :2]) ** 2).sum(axis=-1)
    weight = np.exp(away * (-0.5 / _REACH**2))
    shift = weight @ (driving - source)[:, :2] / (weight.sum(axis=-1) + 0.3)[..., None]
    return np.asarray(resize((shift * (0.5 * side)).astype(np.float32), (side, side)), np.float32)


def to_patch(frame: Float, to_frame: Double, size: tuple[int, ...], mode: int = cv2.INTER_CUBIC) -> Float:
    """A frame at the pixels of a patch of `size` (height, width), by default smooth where it is enlarged."""
    flags = mode | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(frame, to_frame, (size[1], size[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _brightness(picture: Float) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.convertScaleAbs(np.maximum(picture, 0.0)), cv2.COLOR_RGB2GRAY), np.uint8)
