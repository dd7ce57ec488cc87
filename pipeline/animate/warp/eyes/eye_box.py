"""The box around an eye on the photo, with all that the lid's skin is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import Contour
from pipeline.arrays import Float, Mask, Pixels
from pipeline.image_ops import channel_mean, sample, single


@dataclass(frozen=True)
class EyeBox:
    """An eye's box (h, w) on the photo, with the eye's coordinates and curves looked up for each pixel."""

    contour: Contour
    """The eye, in the photo's pixels."""
    left: int
    """The box's left edge on the photo."""
    top_edge: int
    """The box's upper edge on the photo."""
    pixels: Float
    """(h, w, 3), the photo, 0..255."""
    u: Float
    """(h, w), position along the eye, pixels."""
    v: Float
    """(h, w), position down, pixels."""
    upper: Float
    """(h, w), the curve `upper` at u."""
    lower: Float
    """(h, w), the curve `lower` at u."""
    top: Float
    """(h, w), the curve `top` at u."""
    person: Mask
    """(h, w), True well inside the person."""
    rim: Mask
    """(h, w), True where a rim of glasses lies over everything."""

    @cached_property
    def grey(self) -> Float:
        """(h, w), the mean of the photo's channels, 0..255."""
        return channel_mean(self.pixels)

    @cached_property
    def travel(self) -> Float:
        """(h, w), the curve `travel` at u."""
        return self.contour.curve(self.contour.travel, self.u)

    def sample_at(self, image: Float, v: Float) -> Float:
        """A picture of the box (h, w, 3) at the same places along the eye and at other heights v (h, w)."""
        y, x = np.mgrid[: v.shape[0], : v.shape[1]].astype(np.float32)
        away, (axis_x, axis_y) = v - self.v, self.contour.axis_v
        return sample(image, single(x + away * axis_x), single(y + away * axis_y))

    @classmethod
    def look_up(cls, pixels: Pixels, alpha: Float, contour: Contour, box: tuple[int, int, int, int], rim: Mask) -> Self:
        """The box (left, top, right, bottom) of pixels uint8 H×W×3 with the matte alpha (H, W); rim (h, w)."""
        left, top, right, bottom = box
        y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
        u, v = contour.local(x, y)
        area = np.s_[top:bottom, left:right]
        return cls(
            contour=contour,
            left=left,
            top_edge=top,
            pixels=pixels[area].astype(np.float32),
            u=u,
            v=v,
            upper=contour.curve(contour.upper, u),
            lower=contour.curve(contour.lower, u),
            top=contour.curve(contour.top, u),
            person=cv2.erode(alpha, np.ones((5, 5)))[area] > 0.95,
            rim=rim,
        )
