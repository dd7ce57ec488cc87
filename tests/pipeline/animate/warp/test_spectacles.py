"""Spectacles are seen, and a turn does not stretch them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.depth import estimate_depth
from pipeline.animate.warp.displacement import forward_field
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.head_frame import measure_head
from pipeline.animate.warp.spectacles import wears_spectacles
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import EYES
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
MakeCurves = Callable[..., dict[str, float]]


def wear(photo: Pixels, face: Face, *, rims: bool, tint: tuple[int, int, int] | None = None) -> Pixels:
    """The photo with spectacles drawn on it: round lenses, a bridge, lenses of a colour."""
    big = cv2.resize(photo, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    middles = [(4 * face.landmarks[list(eye), :2].mean(0)).round().astype(int).tolist() for eye in EYES]
    radius = round(0.3 * float(np.hypot(*np.subtract(*middles))))
    if tint is not None:
        for middle in middles:
            cv2.circle(big, middle, radius, tint, -1, cv2.LINE_AA)
    if rims:
        for middle in middles:
            cv2.circle(big, middle, radius, (30, 25, 25), 7, cv2.LINE_AA)
    first, last = sorted(middles)
    ends = (first[0] + radius, first[1]), (last[0] - radius, last[1])
    cv2.line(big, *ends, (30, 25, 25), 9, cv2.LINE_AA)
    return np.asarray(cv2.resize(big, photo.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("rims", "tint"), [(True, None), (False, None), (False, (240, 120, 80))], ids=["rims", "rimless", "coloured"]
)
def test_spectacles_are_seen(photo: Pixels, face: Face, rims: bool, tint: tuple[int, int, int] | None) -> None:
    assert wears_spectacles(wear(photo, face, rims=rims, tint=tint), measure_head(face.landmarks))


def test_a_bare_face_wears_none(photo: Pixels, face: Face) -> None:
    assert not wears_spectacles(photo, measure_head(face.landmarks))


def unevenness(maps: WarpMaps, make_curves: MakeCurves, yaw: float) -> float:
    """By how much the widest and the narrowest part of the lenses differ in a turn, of their width on the photo."""
    eyes = [maps.head.landmarks[list(eye), :2].mean(0) for eye in EYES]
    field = forward_field(maps, make_curves(yaw=yaw)) @ maps.head.across.astype(np.float32)
    step = maps.grid.step
    worst = []
    for eye in eyes:
        at = [eye + share * 0.16 * maps.head.width * maps.head.across for share in np.linspace(-1, 1, 9)]
        places = np.array([(one + 0.5) / step - 0.5 for one in at], np.float32)
        moved = cv2.remap(field, places[None, :, 0], places[None, :, 1], cv2.INTER_LINEAR)[0]
        widths = 1.0 + np.diff(moved) / (0.04 * maps.head.width)
        worst.append(float(np.ptp(widths)))
    return max(worst)


@pytest.mark.parametrize("yaw", [10.0, -10.0])
def test_lenses_keep_their_form_in_a_turn(
    runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves, yaw: float
) -> None:
    bare = build_maps(runtime, photo, face)
    glazed = build_maps(runtime, wear(photo, face, rims=True), face)
    assert unevenness(glazed, make_curves, yaw) < 0.1
    assert unevenness(glazed, make_curves, yaw) < 0.5 * unevenness(bare, make_curves, yaw)


def test_the_depth_beside_lenses_is_not_steep(maps: WarpMaps) -> None:
    """Else a temple folds over an ear when the head turns."""
    alpha = np.ones(maps.grid.size, np.float32)
    depth = estimate_depth(maps.head, maps.grid, alpha, spectacles=True)
    bare = estimate_depth(maps.head, maps.grid, alpha)
    by_y, by_x = np.gradient(depth.z.astype(np.float64), maps.grid.step)
    assert np.abs(by_x).max() < 1.3
    assert np.abs(by_y).max() < 1.3
    far = depth.below > 0.05
    np.testing.assert_allclose(depth.z[far], bare.z[far], atol=0.02 * maps.head.width)
