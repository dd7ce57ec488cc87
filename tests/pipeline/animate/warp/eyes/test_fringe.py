"""A fringe that ends right above an eye stays as it is, and the lid shuts below it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.animate.warp.eyes.contour import RIGHT, Contour, trace_contour
from pipeline.animate.warp.eyes.draw import draw_eye
from pipeline.animate.warp.eyes.eye_maps import EyeMaps, build_both_eyes
from pipeline.animate.warp.eyes.fringe import free_fringe
from pipeline.animate.warp.eyes.hair import find_hair, share_to_blink
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.texture import build_texture
from pipeline.arrays import Float, Mask, Pixels
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import polygon_mask
from pipeline.motion.channels import CHANNELS

_BLACK = (26, 22, 20)


def heights(contour: Contour, size: tuple[int, int]) -> tuple[Float, Float]:
    """Places along the eye and heights above its open margin, (H, W), eye widths."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    u, v = contour.local(x, y)
    return u / np.float32(contour.width), (contour.curve(contour.upper, u) - v) / np.float32(contour.width)


def with_fringe(pixels: Pixels, head: Head, end: float) -> tuple[Pixels, Mask]:
    """A black bob with a fringe that ends so far above the right eye's margin, and where the fringe is."""
    size = pixels.shape[0], pixels.shape[1]
    contour = trace_contour(head.landmarks, RIGHT)
    u, height = heights(contour, size)
    fringe = (height > end) & (np.abs(u) < 0.9)
    outside = polygon_mask(size, head.landmarks[list(OVAL), :2]) == 0
    share = cv2.GaussianBlur((fringe | outside).astype(np.float32), (0, 0), 0.8)[..., None]
    return (pixels + (np.array(_BLACK, np.float32) - pixels) * share).astype(np.uint8), fringe


def both_eyes(pixels: Pixels, alpha: Float, head: Head) -> list[EyeMaps]:
    found = [eye for eye in build_both_eyes(pixels, alpha, head, find_hair(pixels, alpha, head)) if eye is not None]
    assert len(found) == 2
    return found


def shut(pixels: Pixels, eye: EyeMaps) -> NDArray[np.float32]:
    """The eye's box with the shut lid drawn over the photo, float32 (h, w, 3)."""
    left, top, right, bottom = eye.box
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    texture = build_texture(pixels, (0, 0, pixels.shape[1], pixels.shape[0]))
    drawn, window = draw_eye(texture, eye, 1.0, dict.fromkeys(CHANNELS, 0.0), np.stack([x, y], -1))
    part = pixels[top:bottom, left:right].astype(np.float32)
    return part + (drawn - part) * window[..., None]


def test_below_a_fringe_both_eyes_shut(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    pixels, _ = with_fringe(close_up, close_head, 0.06)
    hair = find_hair(pixels, alpha, close_head)
    assert hair is not None
    assert share_to_blink(hair, trace_contour(close_head.landmarks, RIGHT)) < 0.1  # its lid lies below hair
    assert min(eye.blink for eye in both_eyes(pixels, alpha, close_head)) > 0.9


def test_the_fringe_stays_as_it_is(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    pixels, fringe = with_fringe(close_up, close_head, 0.06)
    right, _ = both_eyes(pixels, alpha, close_head)
    left, top, box_right, bottom = right.box
    part = np.s_[top:bottom, left:box_right]
    inner = cv2.erode(fringe.astype(np.uint8), np.ones((5, 5), np.uint8))[part] > 0
    frame = shut(pixels, right)
    change = np.abs(frame - pixels[part]).mean(-1)
    assert change[inner].mean() < 2
    assert change[inner].max() < 20
    u, height = (one[part] for one in heights(right.contour, (pixels.shape[0], pixels.shape[1])))
    lid = (np.abs(u) < 0.25) & (height < -0.02) & (height > -0.1)
    skin = close_up[part][(np.abs(u) < 0.3) & (height < -0.7)].mean()
    assert 0.4 * skin < frame[lid].mean() < 1.1 * skin


def test_hair_before_the_eye_keeps_both_open(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    pixels, _ = with_fringe(close_up, close_head, -0.25)
    assert max(eye.blink for eye in both_eyes(pixels, alpha, close_head)) < 0.1


def test_without_a_fringe_nothing_changes(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    contour = trace_contour(close_head.landmarks, RIGHT)
    half = np.array([0.9, 0.8]) * contour.width
    left, top = np.floor(contour.centre - half).astype(int)
    right, bottom = np.ceil(contour.centre + half).astype(int)
    hair = find_hair(close_up, alpha, close_head)
    assert hair is not None
    same, none = free_fringe(close_up, contour, (int(left), int(top), int(right), int(bottom)), hair)
    assert none is None
    assert same is contour


def test_black_brows_and_lashes_are_no_fringe(close_up: Pixels, close_head: Head, alpha: Float) -> None:
    """They have the hair's colour, but the forehead above them is bare."""
    size = close_up.shape[0], close_up.shape[1]
    contour = trace_contour(close_head.landmarks, RIGHT)
    u, height = heights(contour, size)
    black = ((height > 0.5) & (height < 1.0) & (np.abs(u) < 0.9)) | (
        (height > 0.03) & (height < 0.14) & (np.abs(u) < 0.7)
    )
    black |= (polygon_mask(size, close_head.landmarks[list(OVAL), :2]) == 0) & ((np.abs(u) > 1.0) | (height > 2.0))
    pixels = np.where(black[..., None], np.array(_BLACK, np.uint8), close_up)
    half = np.array([0.9, 0.8]) * contour.width
    left, top = np.floor(contour.centre - half).astype(int)
    right, bottom = np.ceil(contour.centre + half).astype(int)
    hair = find_hair(pixels, alpha, close_head)
    assert hair is not None
    assert free_fringe(pixels, contour, (int(left), int(top), int(right), int(bottom)), hair)[1] is None
