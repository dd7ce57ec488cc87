"""Everything the warp knows of one face on one photo: a frozen value, made once, read by every frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.animate.warp.depth import head_depth
from pipeline.animate.warp.expression import expression_fields
from pipeline.animate.warp.eyes.eye_maps import EyeMaps, both_eyes
from pipeline.animate.warp.head_frame import Grid, Head, Region, grid_of, measure, region_of
from pipeline.animate.warp.shading import shade_maps
from pipeline.animate.warp.texture import fine_texture
from pipeline.arrays import Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask, resize, smoothstep
from pipeline.layers.inpaint import fill_background
from pipeline.layers.matte import person_mask, person_matte
from pipeline.runtime import Runtime


@dataclass(frozen=True)
class WarpMaps:
    """One face's part of the photo, (H, W) pixels: `pixels` (H, W, 3) uint8; `texture` (2H, 2W, 3) uint8, what is
    sampled, see `fine_texture`; `alpha` (H, W) 0..1, the person's matte; `background` (H, W, 3) 0..255, the wall.
    On the motion grid (h, w), float32: `local_x/y/z`, position in the head's frame, pixels from its pivot; `follow`
    0..1; `border` (h, w, 2) 0..1, motion allowed along x and y; `expressions` (h, w, 2), pixels for a full one;
    `shade` (3, h, w), relative gains for a full smile, sin yaw, sin pitch. `eyes`: the person's right and left eye,
    None where there is none to move."""

    region: Region
    head: Head
    grid: Grid
    pixels: Pixels
    texture: Pixels
    alpha: Float
    background: Float
    local_x: Float
    local_y: Float
    local_z: Float
    follow: Float
    border: Float
    expressions: Mapping[str, Float]
    shade: Float
    eyes: tuple[EyeMaps | None, EyeMaps | None]

    @property
    def crowded(self) -> float:
        """Share of the face oval that may not move, 0..1: the picture's borders hold it."""
        points = (self.head.landmarks[list(OVAL), :2] + 0.5) / self.grid.step - 0.5
        oval = polygon_mask(self.grid.size, points) > 0
        return 1.0 - float(self.border.min(-1)[oval].mean()) if oval.any() else 1.0


def build_maps(runtime: Runtime, pixels: Pixels, face: Face, everyone: Sequence[Face] = ()) -> WarpMaps:
    """Analyse one face. pixels uint8 H×W×3 RGB, the whole photo; faces in its pixels."""
    region = region_of(face, (pixels.shape[0], pixels.shape[1]))
    part = np.ascontiguousarray(pixels[region.slices])
    corner = np.array([region.left, region.top, 0], np.float32)
    here = _moved(face, corner)
    others = tuple(_moved(other, corner) for other in everyone if other is not face)
    head = measure(here.landmarks)
    alpha = person_matte(part, person_mask(runtime, part), here, others)
    background = fill_background(part, alpha, head.width)
    grid = grid_of(region.size, head.step)
    small_alpha = _on_grid(alpha, grid)
    depth = head_depth(head, grid, small_alpha)
    offset = grid.points - head.pivot
    padded = _padded(part, grid)
    return WarpMaps(
        region=region,
        head=head,
        grid=grid,
        pixels=part,
        texture=fine_texture(part, _face_box(head)),
        alpha=alpha,
        background=background,
        local_x=(offset @ head.across).astype(np.float32),
        local_y=(offset @ head.down).astype(np.float32),
        local_z=(depth.z - head.pivot_z).astype(np.float32),
        follow=depth.follow,
        border=_border(region, (pixels.shape[0], pixels.shape[1]), head, grid, small_alpha) * _own(head, grid, others),
        expressions=expression_fields(head, grid, depth),
        shade=shade_maps(padded, head, grid, depth),
        eyes=both_eyes(part, alpha, head),
    )


def _moved(face: Face, corner: Float) -> Face:
    return Face(face.box - np.tile(corner[:2], 2), face.landmarks - corner, face.pose, face.presence, face.score)


def _face_box(head: Head) -> tuple[int, int, int, int]:
    low, high = (
        np.floor(head.landmarks[:, :2].min(0)).astype(int),
        np.ceil(head.landmarks[:, :2].max(0)).astype(int),
    )
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _padded(image: Pixels, grid: Grid) -> Pixels:
    """Repeat the last row and column so that the grid's cells cover the image exactly."""
    rows, columns = grid.size[0] * grid.step - image.shape[0], grid.size[1] * grid.step - image.shape[1]
    width = ((0, rows), (0, columns), (0, 0))[: image.ndim]
    return np.pad(image, width, mode="edge")


def _on_grid(alpha: Float, grid: Grid) -> Float:
    rows, columns = grid.size[0] * grid.step - alpha.shape[0], grid.size[1] * grid.step - alpha.shape[1]
    return np.asarray(resize(np.pad(alpha, ((0, rows), (0, columns)), mode="edge"), grid.size), np.float32)


def _border(region: Region, photo_size: tuple[int, int], head: Head, grid: Grid, alpha: Float) -> Float:
    """Motion across an edge fades to 0 where the person touches it: the photo has nothing to show beyond. At the
    region's own edges inside the photo all motion ends."""
    height, width = region.size
    reach = 0.30 * head.width
    allowed = np.ones((*grid.size, 2), np.float32)
    edges = (
        (grid.x, region.left == 0, 0, alpha[:, 0]),
        (width - 1 - grid.x, region.right == photo_size[1], 0, alpha[:, -1]),
        (grid.y, region.top == 0, 1, alpha[0]),
        (height - 1 - grid.y, region.bottom == photo_size[0], 1, alpha[-1]),
    )
    for distance, is_photo_edge, axis, along_edge in edges:
        fade = smoothstep(distance, 0.0, reach).astype(np.float32)
        if not is_photo_edge:
            allowed *= fade[..., None]
        elif float(along_edge.max()) > 0.2:
            allowed[..., axis] *= fade
    return allowed


def _own(head: Head, grid: Grid, others: Sequence[Face]) -> Float:
    """1 nearer to this face, 0 from half-way to any other face on: people beside stay where they are."""
    share = np.ones((*grid.size, 1), np.float32)
    mine = np.hypot(grid.x - head.centre[0], grid.y - head.centre[1]) / head.width
    for other in others:
        rival = measure(other.landmarks)
        theirs = np.hypot(grid.x - rival.centre[0], grid.y - rival.centre[1]) / rival.width
        part = mine / np.maximum(mine + theirs, 1e-6)
        share *= (1.0 - smoothstep(part, 0.36, 0.5)).astype(np.float32)[..., None]
    return share
