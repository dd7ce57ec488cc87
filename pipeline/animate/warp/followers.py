"""Followers of the head, which come late: hanging hair, ear-rings, the crown of hair or a hat with its brim."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from pipeline.animate.warp.depth import Depth
from pipeline.animate.warp.eyes.hair import Hair
from pipeline.animate.warp.head_frame import Grid, Head
from pipeline.animate.warp.skin_colour import SKIN_SHADES, Colour, find_skin, log_colours, scale_landmarks
from pipeline.animate.warp.slope_limit import limit_slope
from pipeline.arrays import Double, Float, Mask, Pixels
from pipeline.faces.mesh_topology import EARLOBES
from pipeline.image_ops import ellipse_kernel, gaussian, resize, single, smoothstep
from pipeline.motion.channels import FOLLOWER_LIMITS, FOLLOWERS

# Lengths in face widths unless said.
_CROWN_OUT: Final = (0.03, 0.50)  # distance from the face's outline over which what is above the brows begins to lag
_CROWN_UP: Final = (0.05, 0.40)  # … and height above the eyes
_BESIDE_CROWN: Final = 0.06  # the crown's field ends at three times that from the person
_HANGING: Final = (0.10, 1.10)  # below the eyes: over this length hair grows freer
_SHOULDERS: Final = (0.55, 1.25)  # face heights below the chin, over which hair comes to rest
_BESIDE: Final = (0.25, 0.45)  # from the middle of the face: what is nearer below the chin are clothes
_SIDE: Final = 1.25  # from the middle of the face: farther out it is nobody's hair
_THIN: Final = 0.03  # hair's colour in thinner stripes is the edge of something else
_EDGE: Final = 0.04  # softness of the field's edges
_STEEPEST: Final = 0.5  # pixels a pixel, at a follower's limit
_PENDANT: Final = (0.10, 0.02, 0.34)  # half width, and from where to where below an ear-lobe an ear-ring is looked for
_PENDANT_AREA: Final = (0.0006, 0.02)  # square face widths
_LEAST_SKIN: Final = 100  # cells by which its colour is measured
_NOT_SKIN: Final = 3.5  # spreads of the skin's colour


def build_follower_fields(
    pixels: Pixels, head: Head, grid: Grid, depth: Depth, alpha: Float, hair: Hair | None
) -> dict[str, Float]:
    """Displacement of each follower by one face width.

    Args:
        pixels: The region, padded to whole cells, uint8 (h · step, w · step, 3).
        head: The head in region pixels.
        grid: The region's motion grid, (h, w).
        depth: The head's depth on it.
        alpha: The person's matte on it, 0..1.
        hair: The person's hair, where its colour is known.

    Returns:
        Name of FOLLOWERS → float32 (h, w, 2), x and y on the picture in pixels.
    """
    still = np.zeros(grid.size, np.float32)
    crown = _crown(head, grid, depth, alpha)
    shares = {
        "hang": still if hair is None else _hanging(head, grid, depth, alpha, hair),
        "dangle": _pendants(head, grid, _find_ornaments(pixels, head, grid, hair) & (alpha > 0.5)),
        "crown_x": crown,
        "crown_y": crown,
    }
    return {name: _field(name, shares[name], head, grid) for name in FOLLOWERS}


def _field(name: str, share: Float, head: Head, grid: Grid) -> Float:
    """The field of a share (h, w), 0..1, of the follower's way, which nowhere folds."""
    axis = head.down if name == "crown_y" else head.across
    field = share[..., None] * single(head.width * axis)
    most = FOLLOWER_LIMITS[name]
    return limit_slope(field * np.float32(most), grid.step, _STEEPEST) / np.float32(most)


def _crown(head: Head, grid: Grid, depth: Depth, alpha: Float) -> Float:
    """The top of the hair or a hat: the farther from the face, the later."""
    up = -_below_eyes(head, grid)
    beside = max(1, round(_BESIDE_CROWN * head.width / grid.step))
    person = cv2.dilate((alpha > 0.0).astype(np.uint8), ellipse_kernel(2 * beside))
    person = cv2.blur(single(person), (2 * beside + 1, 2 * beside + 1))
    return single(smoothstep(depth.outside, *_CROWN_OUT) * smoothstep(up, *_CROWN_UP) * depth.follow * person)


def _hanging(head: Head, grid: Grid, depth: Depth, alpha: Float, hair: Hair) -> Float:
    """Hair beside and below the face, free at its ends and at rest on the shoulders."""
    across = np.abs((grid.points - head.centre) @ head.across) / head.width
    down = _below_eyes(head, grid)
    here = (hair.look(grid.x, grid.y) > 0.5) & (alpha > 0.5) & ~depth.oval
    here &= (across < _SIDE) & (depth.below < _SHOULDERS[1])
    cells = _THIN * head.width / grid.step
    solid = cv2.morphologyEx(here.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(max(1, round(cells))))
    _, labels = cv2.connectedComponents(solid)
    of_head = np.setdiff1d(np.unique(labels[(down < 0.0) & (depth.outside < 0.4)]), [0])
    mask = single(np.isin(labels, of_head))
    free = smoothstep(down, *_HANGING) * smoothstep(across, *_BESIDE) * (1.0 - smoothstep(depth.below, *_SHOULDERS))
    return single(gaussian(mask, max(1.0, _EDGE * head.width / grid.step)) * free)


def _find_ornaments(pixels: Pixels, head: Head, grid: Grid, hair: Hair | None) -> Mask:
    """Cells whose colour is neither the skin's nor the hair's, bool (h, w)."""
    scale = 1.0 / grid.step
    skin = find_skin(scale_landmarks(head, scale), grid.size)
    colours = log_colours(resize(pixels, grid.size))
    if np.count_nonzero(skin) < _LEAST_SKIN:
        return np.zeros(grid.size, bool)
    away = Colour.measure(colours[skin], SKIN_SHADES).away(colours) > _NOT_SKIN
    return away if hair is None else away & (hair.look(grid.x, grid.y) < 0.5)


def _pendants(head: Head, grid: Grid, other: Mask) -> Float:
    """Ear-rings: something small and whole below an ear-lobe that is neither skin nor hair; it swings at its end."""
    out = np.zeros(grid.size, np.float32)
    half, top, bottom = _PENDANT
    cell = grid.step / head.width
    for lobe in EARLOBES:
        offset = (grid.points - head.landmarks[lobe, :2]) / head.width
        outwards = np.sign((head.landmarks[lobe, :2] - head.centre) @ head.across)
        across, down = (offset @ head.across) * outwards - 0.5 * half, offset @ head.down
        zone = (np.abs(across) < half) & (down > top) & (down < bottom)
        _, labels, stats, _ = cv2.connectedComponentsWithStats((other & zone).astype(np.uint8))
        rim = np.unique(labels[zone & (np.abs(across) > half - 1.5 * cell)])
        for label in set(range(1, len(stats))) - set(rim.tolist()):
            if _PENDANT_AREA[0] < stats[label, cv2.CC_STAT_AREA] * cell**2 < _PENDANT_AREA[1]:
                whole = cv2.dilate((labels == label).astype(np.uint8), ellipse_kernel(max(1, round(0.012 / cell))))
                soft = gaussian(single(whole), max(0.7, 0.01 / cell))
                out = np.maximum(out, single(soft * smoothstep(down, top - 0.02, top + 0.16)))
    return out


def _below_eyes(head: Head, grid: Grid) -> Double:
    """(h, w), height below the middle of the eyes, negative above them."""
    eyes = head.landmarks[[33, 133, 362, 263], :2].mean(0)
    return np.asarray((grid.points - eyes) @ head.down / head.width, np.float64)
