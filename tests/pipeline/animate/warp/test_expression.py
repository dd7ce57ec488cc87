"""Expressions move what they name, by as much as they say, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.animate.warp.depth import estimate_depth
from pipeline.animate.warp.expression import build_expression_fields
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import DISPLACEMENTS
from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.slope_limit import measure_slope
from pipeline.motion.channels import FOLLOWER_LIMITS


def at(maps: WarpMaps, name: str, landmark: int) -> NDArray[np.float64]:
    """(out to the person's left, down) in face widths, of an expression at a landmark."""
    x, y = np.round(maps.head.landmarks[landmark, :2]).astype(int)
    move = maps.expressions[name][y, x].astype(np.float64)
    return np.array([move @ maps.head.across, move @ maps.head.down]) / maps.head.width


def test_every_expression_is_a_smooth_finite_field(maps: WarpMaps) -> None:
    assert tuple(maps.expressions) == DISPLACEMENTS
    for name, by_one in maps.expressions.items():
        field = by_one * np.float32(FOLLOWER_LIMITS.get(name, 1.0))
        assert field.shape == (*maps.grid.size, 2)
        assert field.dtype == np.float32
        assert np.isfinite(field).all()
        # no folds: neighbouring points keep their order, with room for a turn's own compression
        assert min(np.diff(field[..., axis], axis=1 - axis).min() for axis in (0, 1)) > -0.65


def test_a_smile_draws_the_corners_out_and_up(maps: WarpMaps) -> None:
    right, left = at(maps, "smile", 61), at(maps, "smile", 291)
    assert -0.06 < right[0] < -0.038
    assert 0.038 < left[0] < 0.06
    assert -0.062 < right[1] < -0.04
    assert -0.062 < left[1] < -0.04
    assert at(maps, "smile", 205)[1] < -0.015  # cheeks rise
    for still in (4, 6, 10, 33, 263, 105, 334):
        assert np.abs(at(maps, "smile", still)).max() < 0.004


def test_brows_rise_and_eyes_stay(maps: WarpMaps) -> None:
    for brow in (105, 334, 66, 296):
        assert -0.07 < at(maps, "brow", brow)[1] < -0.042
    for still in (4, 33, 263, 145, 374, 61, 291, 152):
        assert np.abs(at(maps, "brow", still)).max() < 0.004


@pytest.fixture(scope="module")
def draw_down(maps: WarpMaps) -> Callable[..., Callable[[int], float]]:
    """How far down an expression draws a landmark of a head, in face widths, where teeth are seen or not."""
    depth = estimate_depth(maps.head, maps.grid, maps.alpha)

    def build(name: str, head: Head, teeth: float = 1.0) -> Callable[[int], float]:
        field = build_expression_fields(head, maps.grid, depth, teeth)[name]

        def read(landmark: int) -> float:
            x, y = np.round(head.landmarks[landmark, :2]).astype(int)
            return float(field[y, x].astype(np.float64) @ head.down) / head.width

        return read

    return build


def test_a_smile_does_not_part_shut_lips(draw_down: Callable[..., Callable[[int], float]], shut_head: Head) -> None:
    down = draw_down("smile", shut_head)
    assert down(14) < -0.004
    for upper, lower in ((13, 14), (82, 87), (312, 317), (81, 178), (311, 402), (80, 88), (310, 318)):
        assert abs(down(lower) - down(upper)) < 0.004


def test_a_smile_keeps_open_lips_apart(draw_down: Callable[..., Callable[[int], float]], head: Head) -> None:
    """A shut mouth's smile would lay the lower lip over the teeth."""
    shows_teeth, dark = draw_down("smile", head), draw_down("smile", head, 0.0)
    for lower in (17, 84, 314):
        assert shows_teeth(lower) > -0.012
        assert dark(lower) > -0.012
    for upper in (0, 37, 267):
        assert shows_teeth(upper) < -0.014  # it rises and shows them
        assert dark(upper) > -0.013  # a larger hole would be no smile


def test_a_kiss_closes_open_lips(draw_down: Callable[..., Callable[[int], float]], head: Head, shut_head: Head) -> None:
    """And lets a smile's corners sink; shut lips keep their line and grow full."""
    down, gap = draw_down("pucker", head), np.linalg.norm(head.landmarks[13, :2] - head.landmarks[14, :2]) / head.width
    assert 0.35 * gap < down(13) - down(14) < 0.6 * gap
    assert down(0) > down(17)
    assert min(down(61), down(291)) > 0.008
    shut = draw_down("pucker", shut_head)
    assert abs(shut(13) - shut(14)) < 0.01
    assert shut(17) - shut(0) > 0.015


def test_teeth_stay_while_the_lips_move_over_them(maps: WarpMaps) -> None:
    """The astronaut shows hers."""
    points = maps.head.landmarks[:, :2]
    for upper, lower, lip in ((81, 178, 185), (311, 402, 409)):
        x, y = np.round(0.5 * (points[upper] + points[lower])).astype(int)
        teeth = np.hypot(*maps.expressions["smile"][y, x]) / maps.head.width
        assert teeth < 0.4 * np.hypot(*at(maps, "smile", lip))


def test_no_field_is_so_steep_that_its_way_back_is_lost(maps: WarpMaps) -> None:
    surprise = maps.expressions["brow"] + maps.expressions["widen"]
    for field in (maps.expressions["smile"], surprise):
        assert 0.2 < measure_slope(field, maps.grid.step).max() < 0.62


def test_wide_eyes_part_their_lids(maps: WarpMaps) -> None:
    for upper, lower in ((159, 145), (386, 374)):
        assert at(maps, "widen", lower)[1] - at(maps, "widen", upper)[1] > 0.009
    for still in (33, 133, 362, 263, 468, 473, 4, 61):
        assert np.abs(at(maps, "widen", still)).max() < 0.004


@pytest.mark.parametrize(
    ("name", "landmark", "other", "out", "down"),
    [
        ("jaw", 152, 152, (-0.004, 0.004), (0.02, 0.04)),
        ("pucker", 61, 291, (-0.09, -0.04), (0.008, 0.04)),  # a kiss of somebody who smiles
        ("frown", 107, 336, (-0.03, -0.01), (0.012, 0.03)),
        ("inner_brow", 107, 336, (-0.012, 0.004), (-0.05, -0.02)),
        ("squint", 23, 253, (-0.004, 0.004), (-0.016, -0.006)),
        ("cheek", 50, 280, (0.004, 0.016), (-0.036, -0.018)),
    ],
)
def test_a_smaller_movement_moves_its_own_part_on_both_sides(
    maps: WarpMaps, name: str, landmark: int, other: int, out: tuple[float, float], down: tuple[float, float]
) -> None:
    right, left = at(maps, name, landmark), at(maps, name, other)
    assert out[0] < -right[0] < out[1] or landmark == other
    assert out[0] < left[0] < out[1]
    assert down[0] < right[1] < down[1] and down[0] < left[1] < down[1]
    far = {"jaw": 105, "pucker": 105, "frown": 17, "inner_brow": 17, "squint": 17, "cheek": 105}[name]
    assert np.abs(at(maps, name, far)).max() < 0.005
    assert measure_slope(maps.expressions[name], maps.grid.step).max() < 0.62


@pytest.mark.parametrize(
    ("name", "whole", "right", "left"), [("smile_side", "smile", 61, 291), ("brow_side", "brow", 105, 334)]
)
def test_a_side_has_more_and_the_other_less(maps: WarpMaps, name: str, whole: str, right: int, left: int) -> None:
    np.testing.assert_allclose(at(maps, name, left), at(maps, whole, left), atol=0.004)
    np.testing.assert_allclose(at(maps, name, right), -at(maps, whole, right), atol=0.004)


@pytest.mark.parametrize("name", ["smile", "brow", "widen", "jaw", "pucker"])
def test_a_face_moves_within_its_own_outline(maps: WarpMaps, head: Head, name: str) -> None:
    depth = estimate_depth(head, maps.grid, maps.alpha)
    assert (maps.expressions[name][depth.outside > 0.16 + 7 / head.width] == 0).all()


def test_breath_lifts_the_shoulders_and_not_the_edge(maps: WarpMaps, head: Head) -> None:
    field = maps.expressions["breath"] / head.width
    below = ((maps.grid.points - head.chin) @ head.down) / head.height
    assert np.abs(field[-1]).max() < 1e-6
    chest = field[(below > 0.6) & (below < 0.8) & (np.abs(maps.grid.x - head.neck[0]) < head.width)]
    assert chest[:, 1].max() < 0
    assert -0.022 < chest[:, 1].mean() < -0.004
    # the head rides on them, and less
    assert -0.008 < field[round(head.centre[1]), round(head.centre[0]), 1] < -0.004
    far = np.abs(maps.grid.x - head.neck[0]) > 2.7 * head.width
    assert not far.any() or np.abs(field[far]).max() == 0


def test_breath_widens_the_chest(maps: WarpMaps, head: Head) -> None:
    row = round(head.chin[1] + 0.5 * head.height)
    left, right = (round(head.neck[0] + side * head.width) for side in (-1, 1))
    assert maps.expressions["breath"][row, left, 0] < 0 < maps.expressions["breath"][row, right, 0]
