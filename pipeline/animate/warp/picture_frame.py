"""The frame of a picture inside the photo: what lies beyond it stays, and its edges stay straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.head_frame import Grid, Head, Region
from pipeline.arrays import Float, Pixels
from pipeline.image_ops import ellipse_kernel, single, smoothstep
from pipeline.layers.inpaint import fill_background
from pipeline.layers.picture_edges import Edge

_REACH: Final = 0.30  # face widths from an edge, over which the motion across it sets in
_TOUCH: Final = 0.08  # face widths: somebody who comes as near as that would be moved over the edge
_SEAM: Final = 0.012  # face widths: so near to the person the picture behind is filled


@dataclass(frozen=True)
class PictureFrame:
    """The edges of a picture within a region of the photo."""

    edges: tuple[Edge, ...]
    """The edges, in region pixels."""
    inside: Float
    """(H, W), 1 in the picture, 0 on the page around it."""

    @classmethod
    def cut(cls, edges: Sequence[Edge], region: Region) -> PictureFrame:
        """The frame within a region; `edges` in pixels of the photo."""
        y, x = np.mgrid[: region.size[0], : region.size[1]].astype(np.float64)
        own = tuple(edge.translate(region.left, region.top) for edge in edges)
        inside = np.ones(region.size, np.float32)
        for edge in own:
            inside[edge.distance(x, y) < 0.0] = 0.0
        return cls(own, inside)

    def fill(self, pixels: Pixels, alpha: Float, face_width: float) -> Float:
        """The picture behind the person as of `fill_background`, filled from the picture alone; the page as it is."""
        if not self.edges:
            return fill_background(pixels, alpha, face_width)
        filled = fill_background(pixels, np.maximum(alpha, 1.0 - self.inside), face_width)
        near = cv2.dilate((alpha >= 0.02).astype(np.uint8), ellipse_kernel(max(2, round(_SEAM * face_width))))
        return np.where((near * self.inside)[..., None] > 0, filled, single(pixels))

    def motion_share(self, head: Head, grid: Grid, alpha: Float) -> Float:
        """Motion allowed along x and y, (h, w, 2), 0..1: none on the page, and none across an edge that is near.

        Args:
            head: The head in region pixels.
            grid: The region's motion grid, (h, w).
            alpha: The person's matte on it, (h, w), 0..1.
        """
        allowed = np.ones((*grid.size, 2), np.float32)
        for edge in self.edges:
            distance = edge.distance(grid.x, grid.y)
            near = (distance >= 0.0) & (distance < max(_TOUCH * head.width, 2.0 * grid.step))
            if float(alpha[near].max(initial=0.0)) > 0.2:
                fade = single(smoothstep(distance - grid.step, 0.0, _REACH * head.width))[..., None]
                allowed *= 1.0 - (1.0 - fade) * single(np.abs(edge.normal))
            allowed *= (distance >= 0.0)[..., None]
        return allowed
