"""Hair before an eye: nothing is painted over it, and an eye under a fringe stays open, like the other."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.animate.warp.eyes.contour import LEFT, RIGHT, Contour, trace_contour
from pipeline.animate.warp.eyes.eye_maps import build_both_eyes
from pipeline.animate.warp.eyes.hair import (
    Hair,
    cover_eye,
    find_hair,
    find_strands,
    share_beside_strands,
    share_to_blink,
)
from pipeline.animate.warp.head_frame import Head
from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask


def contour_of(head: Head) -> Contour:
    return trace_contour(head.landmarks, RIGHT)


def paint(pixels: Pixels, eye: Contour, corners: list[tuple[float, float]], colour: tuple[int, int, int]) -> Pixels:
    """A polygon in the eye's frame (u, v in eye widths), of strands that are darker and lighter by turns."""
    places = np.array([eye.centre + eye.width * (u * eye.axis_u + v * eye.axis_v) for u, v in corners])
    mask = cv2.GaussianBlur(polygon_mask((pixels.shape[0], pixels.shape[1]), places).astype(np.float32), (0, 0), 0.7)
    strands = 1.0 + 0.25 * np.sin(np.arange(pixels.shape[1]) * 1.3)[None, :, None]
    return np.clip(pixels + (strands * colour - pixels) * mask[..., None] + 0.5, 0, 255).astype(np.uint8)


def with_fringe(pixels: Pixels, head: Head) -> Pixels:
    """A black bob: hair all around the face, and a fringe down over half of the right eye."""
    eye = contour_of(head)
    outside = np.ones(pixels.shape[:2], bool)
    outside[polygon_mask((pixels.shape[0], pixels.shape[1]), head.landmarks[list(OVAL), :2]) > 0] = False
    bob = pixels.copy()
    bob[outside] = (26, 22, 20)
    return paint(bob, eye, [(-0.9, -2.5), (0.8, -2.5), (0.8, 0.05), (-0.9, 0.05)], (26, 22, 20))


def test_a_fringe_over_one_eye_keeps_both_open(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    bare, under = (
        build_both_eyes(pixels, alpha, close_head, find_hair(pixels, alpha, close_head))
        for pixels in (close_up, with_fringe(close_up, close_head))
    )
    assert [eye is not None and eye.blink > 0.9 for eye in bare] == [True, True]
    assert [eye is not None and eye.blink < 0.1 for eye in under] == [True, True]


def bob_with(pixels: Pixels, head: Head, corners: list[tuple[float, float]]) -> Pixels:
    """Black hair all around the face, and a black part before the outer side of the right eye."""
    eye = contour_of(head)
    out = -1.0 if eye.outer_is_left else 1.0
    bob = pixels.copy()
    bob[polygon_mask((pixels.shape[0], pixels.shape[1]), head.landmarks[list(OVAL), :2]) == 0] = (26, 22, 20)
    return paint(bob, eye, [(out * u, v) for u, v in corners], (26, 22, 20))


def test_hair_aslant_over_eye_and_cheek_hides_the_eye(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    across = bob_with(close_up, close_head, [(0.3, -1.5), (-0.9, 1.2), (1.5, 1.2), (1.5, -1.5)])
    beside = bob_with(close_up, close_head, [(0.35, -0.9), (0.35, 0.5), (1.5, 1.2), (1.5, -1.5)])
    shares = []
    for pixels in (across, beside):
        hair = find_hair(pixels, alpha, close_head)
        assert hair is not None
        shares.append(share_to_blink(hair, contour_of(close_head)))
    assert shares[0] < 0.2
    assert shares[1] > 0.8


def test_hair_that_ends_above_the_brow_hides_nothing(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    corners = [(-1.0, -3.0), (1.0, -3.0), (1.0, -1.0), (-1.0, -1.0)]
    for pixels in (close_up, paint(close_up, contour_of(close_head), corners, (26, 22, 20))):
        hair = find_hair(pixels, alpha, close_head)
        shares = [
            share_to_blink(hair, trace_contour(close_head.landmarks, eye)) if hair else 1.0 for eye in (RIGHT, LEFT)
        ]
        assert min(shares) == 1.0


def strands_before(pixels: Pixels, head: Head) -> tuple[Pixels, Mask]:
    """Three light strands from the forehead past the outer corner to the cheek, and where they are."""
    eye = contour_of(head)
    out = -1.0 if eye.outer_is_left else 1.0
    painted = pixels
    for at in (0.42, 0.56, 0.70):
        edge = [(out * (at + side), v) for side, v in ((0, -1.4), (0.06, -1.4), (0.06, 1.4), (0, 1.4))]
        painted = paint(painted, eye, edge, (240, 225, 190))
    return painted, np.abs(painted.astype(int) - pixels).max(-1) > 12


def test_a_lid_passes_behind_light_strands(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    pixels, where = strands_before(close_up, close_head)
    right, _ = build_both_eyes(pixels, alpha, close_head, find_hair(pixels, alpha, close_head))
    assert right is not None
    left, top, box_right, bottom = right.box
    part = where[top:bottom, left:box_right]
    assert right.images.rim[part].mean() > 0.75
    assert right.images.rim.mean() < 0.4
    y, x = np.mgrid[top:bottom, left:box_right].astype(np.float32)
    u, v = right.contour.local(x, y)
    wing = (np.abs(u) < 0.6 * right.contour.width) & (np.abs(v) < 0.1 * right.contour.width)
    assert right.images.rim[wing].mean() < 0.03  # a blink is whole as far as the lid and its liner reach
    assert right.blink > 0.9
    crossing = (u > 0.2 * right.contour.width) & (u < 0.3 * right.contour.width)
    bright = pixels.copy()
    bright[top:bottom, left:box_right][crossing] = (240, 225, 190)
    assert share_beside_strands(bright, crossing, right.box, right.contour) == 0.0  # it would be painted over


def test_a_temple_in_the_shade_is_no_light_strand(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    """Between wrinkles and grey hair its skin looks like strands, but it is darker than the cheek: the eye may shut."""
    right, _ = build_both_eyes(close_up, alpha, close_head, None)
    assert right is not None
    left, top, box_right, bottom = right.box
    y, x = np.mgrid[top:bottom, left:box_right].astype(np.float32)
    u, _ = right.contour.local(x, y)
    crossing = (u > 0.2 * right.contour.width) & (u < 0.3 * right.contour.width)
    for light, share in ((0.7, 1.0), (1.6, 0.0)):
        pixels = close_up.copy()
        part = pixels[top:bottom, left:box_right]
        part[crossing] = np.clip(light * np.median(part[~crossing], 0), 0, 255).astype(np.uint8)
        assert share_beside_strands(pixels, crossing, right.box, right.contour) == share


def test_a_bare_eye_has_no_strands(close_up: Pixels, close_head: Head) -> None:
    for one in (RIGHT, LEFT):
        eye = trace_contour(close_head.landmarks, one)
        low, high = np.floor(eye.centre - eye.width).astype(int), np.ceil(eye.centre + eye.width).astype(int)
        found = find_strands(close_up, eye, (int(low[0]), int(low[1]), int(high[0]), int(high[1])))
        assert not found.any()


def test_skin_alone_has_no_hair(close_head: Head, alpha: Float) -> None:
    assert find_hair(np.full((*alpha.shape, 3), (200, 150, 130), np.uint8), alpha, close_head) is None
    assert find_hair(np.full((*alpha.shape, 3), 90, np.uint8), np.zeros_like(alpha), close_head) is None


def test_lashes_below_a_fringe_that_ends_above_them_are_no_hair(close_up: Pixels, close_head: Head) -> None:
    """What has hair's colour is hair before the lid only where it hangs together with what comes down from above."""
    eye, (height, width) = contour_of(close_head), close_up.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = eye.local(x, y)
    top, upper = eye.curve(eye.top, u), eye.curve(eye.upper, u)
    fringe = v < top - 0.28 * eye.width
    lashes = (np.abs(u) < 0.2 * eye.width) & (v > upper - 0.26 * eye.width) & (v < upper)
    between = (np.abs(u) < 0.1 * eye.width) & (v < upper)
    box = (0, 0, width, height)
    masks = (fringe | lashes, fringe | between)
    apart, joined = (cover_eye(Hair(mask.astype(np.float32), 1.0), eye, box) for mask in masks)
    lid = (np.abs(u) < 0.05 * eye.width) & (v > upper - 0.22 * eye.width) & (v < upper - 0.2 * eye.width)
    assert not apart[lid].any() and joined[lid].all()
