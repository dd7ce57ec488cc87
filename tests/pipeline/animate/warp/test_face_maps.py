"""What is known of a photo: complete, finite, still where it must be; on hard photos too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from pipeline.animate.warp.cpu_renderer import OpenCvRenderer
from pipeline.animate.warp.displacement import forward_field
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.formula import DISPLACEMENTS
from pipeline.faces.finder import Face, FaceFinder, cheek_width
from pipeline.motion.channels import LIMITS
from pipeline.runtime import Runtime

Pixels = NDArray[np.uint8]
MakeCurves = Callable[..., Mapping[str, float]]
EXTREMES = (
    {name: high for name, (_, high) in LIMITS.items()},
    {name: low for name, (low, _) in LIMITS.items()} | {"blink_l": 0.5},
)


def moved(face: Face, x: float, y: float) -> Face:
    shift = np.float32([x, y])
    return replace(face, box=face.box + np.tile(shift, 2), landmarks=face.landmarks + np.append(shift, np.float32(0)))


def check_animation(runtime: Runtime, pixels: Pixels, face: Face, make_curves: MakeCurves) -> WarpMaps:
    """Whatever the photo: finite maps, frames of its size, the photo at rest."""
    before = pixels.copy()
    maps = build_maps(runtime, pixels, face)
    for name in ("alpha", "background", "local_x", "local_y", "local_z", "follow", "border", "shade"):
        assert np.isfinite(getattr(maps, name)).all(), name
    renderer = OpenCvRenderer(maps)
    for curves in EXTREMES:
        frame = renderer.render(make_curves(**curves))
        assert frame.shape == (*maps.region.size, 3)
        assert frame.dtype == np.uint8
    np.testing.assert_array_equal(renderer.render(make_curves()), pixels[maps.region.slices])
    np.testing.assert_array_equal(pixels, before)
    return maps


def test_shapes_and_ranges(maps: WarpMaps, photo: Pixels) -> None:
    height, width = maps.region.size
    grid = maps.grid.size
    assert maps.pixels.shape == (height, width, 3)
    np.testing.assert_array_equal(maps.pixels, photo[maps.region.slices])
    assert maps.texture.shape == (2 * height, 2 * width, 3)
    assert maps.alpha.shape == (height, width)
    assert maps.background.shape == (height, width, 3)
    assert maps.border.shape == (*grid, 2)
    for name in ("local_x", "local_y", "local_z", "follow"):
        assert getattr(maps, name).shape == grid
        assert getattr(maps, name).dtype == np.float32
    assert set(maps.expressions) == set(DISPLACEMENTS)
    for name in ("alpha", "follow", "border"):
        assert 0 <= getattr(maps, name).min() <= getattr(maps, name).max() <= 1
    assert 0 <= maps.background.min() <= maps.background.max() <= 255


def test_local_places_turn_about_the_pivot(maps: WarpMaps) -> None:
    x, y = np.round(maps.head.pivot).astype(int)
    assert maps.local_x[y, x] == pytest.approx(0, abs=1)
    assert maps.local_y[y, x] == pytest.approx(0, abs=1)
    nose = np.round(maps.head.landmarks[4, :2]).astype(int)
    assert maps.local_z[nose[1], nose[0]] < -0.4 * maps.head.width  # nearer than the axis


def test_motion_across_an_edge_ends_where_the_person_touches_it(maps: WarpMaps) -> None:
    assert maps.alpha[-1].max() > 0.5
    assert maps.border[-1, :, 1].max() == 0
    assert maps.border[-1, 160, 0] == 1  # along the edge is free
    assert maps.alpha[0].max() < 0.2
    assert maps.border[0, 160].min() == 1  # free above: there is wall


@pytest.fixture(scope="module")
def inner_maps(runtime: Runtime, finder: FaceFinder) -> WarpMaps:
    """The whole astronaut beside a wide wall: the region ends inside the photo at the right and below."""
    pixels = np.asarray(data.astronaut(), np.uint8)
    pixels = np.ascontiguousarray(cv2.copyMakeBorder(pixels, 0, 120, 0, 160, cv2.BORDER_REPLICATE))
    face = finder.find(pixels)[0]
    return build_maps(runtime, pixels, face)


def test_all_motion_ends_at_the_regions_inner_edges(inner_maps: WarpMaps, make_curves: MakeCurves) -> None:
    assert inner_maps.region.right < 512 + 160
    assert inner_maps.region.bottom < 512 + 120
    assert inner_maps.border[-1].max() < 1e-3
    assert inner_maps.border[:, -1].max() < 1e-3
    for curves in EXTREMES:
        field = forward_field(inner_maps, make_curves(**curves))
        assert np.abs(field[-1]).max() < 1e-3
        assert np.abs(field[:, -1]).max() < 1e-3
        assert np.abs(field).max() > 5


def test_people_beside_stay(pair_maps: tuple[WarpMaps, WarpMaps], make_curves: MakeCurves) -> None:
    """From half-way to another face on nothing moves; on this side of it the face moves fully."""
    left, right = pair_maps
    for maps, theirs in ((left, np.s_[:, 320:]), (right, np.s_[:, : 320 - right.region.left])):
        for curves in EXTREMES:
            field = forward_field(maps, make_curves(**curves))
            assert np.abs(field[theirs]).max() < 0.01
            x, y = np.round(maps.head.landmarks[4, :2]).astype(int)
            assert np.hypot(*field[y, x]) > 5


def test_everyone_may_include_the_face_itself(
    build_pixel_maps: Callable[..., WarpMaps], photo: Pixels, face: Face, maps: WarpMaps
) -> None:
    again = build_pixel_maps(photo, face, (face,))
    np.testing.assert_array_equal(again.border, maps.border)
    np.testing.assert_array_equal(again.alpha, maps.alpha)


@pytest.mark.parametrize(
    "cut",
    [np.s_[:, 135:], np.s_[:, :185], np.s_[75:, :], np.s_[:150, :], np.s_[90:150, 125:190]],
    ids=["left", "right", "top", "bottom", "all sides"],
)
def test_heads_cut_by_the_border(
    runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves, cut: tuple[slice, slice]
) -> None:
    rows, columns = cut
    here = moved(face, -(columns.start or 0), -(rows.start or 0))
    check_animation(runtime, np.ascontiguousarray(photo[cut]), here, make_curves)


@pytest.mark.parametrize("degrees", [-40.0, 40.0])
def test_turned_photos(
    runtime: Runtime, finder: FaceFinder, photo: Pixels, maps: WarpMaps, make_curves: MakeCurves, degrees: float
) -> None:
    matrix = cv2.getRotationMatrix2D((160, 120), degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(photo, matrix, (320, 300), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    (found,) = finder.find(turned)
    result = check_animation(runtime, turned, found, make_curves)
    # the motion turns with the head
    angle = np.deg2rad(-degrees)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    wanted = nose_way(maps, make_curves)
    np.testing.assert_allclose(back @ nose_way(result, make_curves), wanted, atol=0.25 * float(np.hypot(*wanted)))


def nose_way(maps: WarpMaps, make_curves: MakeCurves) -> NDArray[np.float32]:
    x, y = np.round(maps.head.landmarks[4, :2] / maps.grid.step).astype(int)
    return np.asarray(forward_field(maps, make_curves(yaw=8))[y, x])


def test_tiny_faces(runtime: Runtime, finder: FaceFinder, photo: Pixels, make_curves: MakeCurves) -> None:
    small = np.asarray(cv2.resize(photo, None, fx=0.64, fy=0.64, interpolation=cv2.INTER_AREA), np.uint8)
    (found,) = finder.find(small)
    assert 50 < cheek_width(found) < 65
    result = check_animation(runtime, small, found, make_curves)
    assert all(eye is not None for eye in result.eyes)


def test_a_face_of_a_few_pixels(runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves) -> None:
    small = np.asarray(cv2.resize(photo, None, fx=0.12, fy=0.12, interpolation=cv2.INTER_AREA), np.uint8)
    found = replace(face, box=face.box * np.float32(0.12), landmarks=face.landmarks * np.float32(0.12))
    assert check_animation(runtime, small, found, make_curves).eyes == (None, None)


def noise(size: tuple[int, int]) -> Pixels:
    return np.random.default_rng(8).integers(0, 256, (*size, 3), dtype=np.uint8)


def flat(value: int) -> Callable[[tuple[int, int]], Pixels]:
    return lambda size: np.full((*size, 3), value, np.uint8)


@pytest.mark.parametrize("draw", [noise, flat(0), flat(255)], ids=["noise", "black", "white"])
def test_pictures_without_anything_on_them(
    runtime: Runtime, photo: Pixels, face: Face, make_curves: MakeCurves, draw: Callable[[tuple[int, int]], Pixels]
) -> None:
    check_animation(runtime, draw((photo.shape[0], photo.shape[1])), face, make_curves)


def test_coarser_grids_move_the_same_way(
    runtime: Runtime, finder: FaceFinder, photo: Pixels, maps: WarpMaps, make_curves: MakeCurves
) -> None:
    """A photo of twice the size moves by twice as many pixels."""
    large = np.asarray(cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    (found,) = finder.find(large)
    result = check_animation(runtime, large, found, make_curves)
    assert result.grid.step == 3
    np.testing.assert_allclose(nose_way(result, make_curves), 2 * nose_way(maps, make_curves), atol=1)
