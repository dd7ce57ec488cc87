"""All that the warp knows of one face on one photo: a frozen value, made once and read for every frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.animate.warp.depth import estimate_depth
from pipeline.animate.warp.expression import build_expression_fields
from pipeline.animate.warp.eyes.eye_maps import EyeMaps, build_both_eyes
from pipeline.animate.warp.eyes.hair import find_hair
from pipeline.animate.warp.followers import build_follower_fields
from pipeline.animate.warp.hands import share_motion
from pipeline.animate.warp.head_frame import Grid, Head, Region, build_grid, find_region, measure_head
from pipeline.animate.warp.mouth import Mouth, build_mouth, measure_upper_teeth
from pipeline.animate.warp.neighbours import find_neighbours, measure_touch, share_beside
from pipeline.animate.warp.picture_frame import PictureFrame
from pipeline.animate.warp.risk import measure_risk
from pipeline.animate.warp.shading import build_shade_maps
from pipeline.animate.warp.spectacles import wears_spectacles
from pipeline.animate.warp.texture import build_texture
from pipeline.animate.warp.wall import build_wall
from pipeline.arrays import AnyArray, Float, Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import LEFT_MOUTH_CORNER, OVAL, RIGHT_MOUTH_CORNER
from pipeline.hands.finder import find_hands, look_at_face
from pipeline.image_ops import polygon_mask, resize, single, smoothstep
from pipeline.layers.loose_pieces import add_loose_pieces
from pipeline.layers.matte import person_mask, person_matte
from pipeline.layers.picture_edges import find_picture_edges
from pipeline.layers.wall_shadow import complete_shadow
from pipeline.runtime import Runtime


@dataclass(frozen=True)
class WarpMaps:
    """One face's part of the photo, H×W pixels, with a motion grid of h×w cells over it."""

    region: Region
    """The part of the photo, in photo pixels."""
    head: Head
    """The head, in region pixels."""
    grid: Grid
    """The motion grid, in region pixels."""
    pixels: Pixels
    """uint8 (H, W, 3), the photo in the region."""
    texture: Pixels
    """uint8 (2H, 2W, 3), the picture that is sampled, see `build_texture`."""
    alpha: Float
    """(H, W), 0..1, the matte of the person and of a wall that is bent beside it, see `Wall`."""
    background: Float
    """(H, W, 3), 0..255, the picture behind the person."""
    local_x: Float
    """(h, w), cells in the head's frame: pixels from its pivot along `Head.across`."""
    local_y: Float
    """(h, w), the same along `Head.down`."""
    local_z: Float
    """(h, w), the same in depth, smaller = nearer."""
    follow: Float
    """(h, w), 0..1, see `Depth.follow`."""
    border: Float
    """(h, w, 2), 0..1, motion allowed along x and along y."""
    expressions: Mapping[str, Float]
    """Name of `formula.DISPLACEMENTS` → (h, w, 2), displacement in pixels of the full expression, and of a follower by
    one face width."""
    shade: Float
    """(6, h, w), relative gains of light in the order of `formula.SHADES`."""
    eyes: tuple[EyeMaps | None, EyeMaps | None]
    """The person's right and left eye, None where there is none to move."""
    risk: float
    """0..1, how likely a turn is to tear the picture, see `measure_risk` and `measure_touch`."""
    mouth: Mouth
    """The mouth."""

    @property
    def immobile_share(self) -> float:
        """Share of the face oval that may not move, 0..1: the picture's borders hold it."""
        points = (self.head.landmarks[list(OVAL), :2] + 0.5) / self.grid.step - 0.5
        oval = polygon_mask(self.grid.size, points) > 0
        return 1.0 - float(self.border.min(-1)[oval].mean()) if oval.any() else 1.0

    @property
    def mouth_share(self) -> float:
        """Share of its motion that each corner of the mouth may have, 0..1: a hand or the photo's border holds it."""
        corners = self.head.landmarks[[RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER], :2]
        places = np.rint((corners + 0.5) / self.grid.step - 0.5).astype(int)
        columns, rows = (np.clip(places[:, axis], 0, self.grid.size[1 - axis] - 1) for axis in (0, 1))
        return float(self.border[rows, columns].min())


def build_maps(runtime: Runtime, pixels: Pixels, face: Face, everyone: Sequence[Face] = ()) -> WarpMaps:
    """Analyse one face.

    Args:
        runtime: Has the models person_segmentation, face_detector, hand_detector and hand_landmarks.
        pixels: The whole photo, uint8 H×W×3 RGB.
        face: The face that will move, in its pixels.
        everyone: All faces of the photo; the others stay where they are.
    """
    part = np.ascontiguousarray(pixels[(region := find_region(face, pixels.shape[:2])).slices])
    here, others, head = _enter(region, face, everyone)
    picture = PictureFrame.cut(find_picture_edges(pixels), region)
    alpha = _find_person(runtime, part, here, others, head) * picture.inside
    padded = _pad_to_cells(part, grid := build_grid(region.size, head.step))
    small_alpha = single(resize(_pad_to_cells(alpha, grid), grid.size))
    depth = estimate_depth(head, grid, small_alpha, wears_spectacles(part, head))
    beside_hands = share_motion(find_hands(runtime, part, [look_at_face(here)]), head, grid)
    wall, neighbours = build_wall(part, alpha, head, grid, picture), find_neighbours(runtime, part, head, others)
    return WarpMaps(
        region=region,
        head=head,
        grid=grid,
        pixels=part,
        texture=build_texture(part, _face_box(head)),
        alpha=wall.alpha,
        background=wall.picture,
        local_x=((grid.points - head.pivot) @ head.across).astype(np.float32),
        local_y=((grid.points - head.pivot) @ head.down).astype(np.float32),
        local_z=(depth.z - head.pivot_z).astype(np.float32),
        follow=depth.follow,
        border=_border_share(region, pixels.shape[:2], head, grid, small_alpha)
        * (picture.motion_share(head, grid, small_alpha) * (beside_hands[..., None] * wall.share))
        * share_beside(neighbours, head, grid),
        expressions=build_expression_fields(head, grid, depth, measure_upper_teeth(part, head))
        | build_follower_fields(padded, head, grid, depth, small_alpha, hair := find_hair(part, alpha, head)),
        shade=build_shade_maps(padded, head, grid, depth) * beside_hands,
        eyes=build_both_eyes(part, alpha, head, hair),
        risk=max(measure_risk(part, alpha, head), measure_touch(neighbours, head)),
        mouth=build_mouth(part, head),
    )


def _find_person(runtime: Runtime, part: Pixels, face: Face, others: tuple[Face, ...], head: Head) -> Float:
    """The person's matte on a part of the photo, (H, W), 0..1, with all that hangs at the head."""
    matte = person_matte(part, person_mask(runtime, part), face, others)
    matte = complete_shadow(part, matte, head.width)
    return add_loose_pieces(part, matte, face, head.width)


def _enter(region: Region, face: Face, everyone: Sequence[Face]) -> tuple[Face, tuple[Face, ...], Head]:
    """The face, all others, and the face's head, in the region's pixels."""
    corner = np.array([region.left, region.top, 0], np.float32)
    here = _translate(face, corner)
    others = tuple(_translate(other, corner) for other in everyone if other is not face)
    return here, others, measure_head(here.landmarks)


def _translate(face: Face, corner: Float) -> Face:
    """The face in pixels of a part of the photo whose corner (3,) is at x, y, 0."""
    return Face(face.box - np.tile(corner[:2], 2), face.landmarks - corner, face.pose, face.presence, face.score)


def _face_box(head: Head) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the landmarks, whole pixels."""
    low, high = (
        np.floor(head.landmarks[:, :2].min(0)).astype(int),
        np.ceil(head.landmarks[:, :2].max(0)).astype(int),
    )
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _pad_to_cells(image: AnyArray, grid: Grid) -> AnyArray:
    """Repeat the last row and column so that the grid's cells cover the image (H, W) or (H, W, C) exactly."""
    rows, columns = grid.size[0] * grid.step - image.shape[0], grid.size[1] * grid.step - image.shape[1]
    width = ((0, rows), (0, columns), (0, 0))[: image.ndim]
    return np.pad(image, width, mode="edge")


def _border_share(region: Region, photo_size: tuple[int, int], head: Head, grid: Grid, alpha: Float) -> Float:
    """Motion allowed along x and y, (h, w, 2), 0..1.

    Motion across an edge fades to 0 where the person touches it: the photo has nothing to show beyond. At the region's
    own edges inside the photo all motion ends.
    """
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
