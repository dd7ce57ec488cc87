"""Motion on the cells that the person can come to is the motion on the whole grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from pipeline.animate.warp.active_region import find_active_region
from pipeline.animate.warp.displacement import backward_field, forward_field, motion_share
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import ITERATIONS
from pipeline.animate.warp.motion_cells import MotionCells
from pipeline.arrays import Float
from pipeline.image_ops import resize, sample, single
from pipeline.motion.channels import LIMITS

MakeCurves = Callable[..., Mapping[str, float]]


@pytest.fixture(scope="module")
def cells(maps: WarpMaps) -> MotionCells:
    return MotionCells(maps, find_active_region(maps))


def test_fields_are_taken_and_spread(maps: WarpMaps) -> None:
    active = np.zeros(maps.region.size, bool)
    active[40:200, 30:300] = True
    cells = MotionCells(maps, active)
    spread = cells.spread(cells.take(maps.follow))
    chosen = cells.spread(np.ones_like(cells.take(maps.follow))) > 0
    np.testing.assert_array_equal(spread[chosen], maps.follow[chosen])
    assert not spread[~chosen].any()
    np.testing.assert_allclose(chosen.mean(), active.mean(), atol=0.05)


@pytest.mark.parametrize("curves", [{"yaw": 8.0, "roll": 3.0, "smile": 1.0}, {"breath": 1.0}, {"brow": 0.5}], ids=str)
def test_the_motion_is_that_of_the_whole_grid(
    maps: WarpMaps, cells: MotionCells, make_curves: MakeCurves, curves: dict[str, float]
) -> None:
    motion = cells.move(make_curves(**curves))
    back = backward_field(forward_field(maps, make_curves(**curves)), maps.grid.step)
    person = cells.take(np.asarray(resize(maps.alpha, maps.grid.size))) > 0.0
    np.testing.assert_allclose(motion.back[person], cells.take(back)[person], atol=2e-3)
    np.testing.assert_allclose(motion.share[person], cells.take(motion_share(back))[person], atol=2e-2)


def test_light_comes_along_with_the_skin(maps: WarpMaps, cells: MotionCells, make_curves: MakeCurves) -> None:
    assert np.abs(cells.move(make_curves(smile=1.0)).gain).max() == pytest.approx(np.abs(maps.shade[0]).max(), rel=0.2)
    assert not cells.move(make_curves(breath=1.0)).gain.any()


def test_a_motion_that_has_settled_is_not_followed_further(
    cells: MotionCells, make_curves: MakeCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled: list[int] = []

    def count(image: Float, x: Float, y: Float) -> Float:
        sampled.append(x.size)
        return single(sample(image, x, y))

    monkeypatch.setattr("pipeline.animate.warp.motion_cells.sample", count)
    cells.move(make_curves(breath=0.3))
    little = len(sampled)
    cells.move(make_curves(**{name: high for name, (_, high) in LIMITS.items()}))
    assert little <= 7  # three rounds of two planes and the light
    assert little < len(sampled) - little <= 2 * ITERATIONS + 1
    assert sampled[-2] < 0.8 * sampled[little]  # at last only a part of the cells, the light after that in all of them
    assert sampled[-1] == sampled[little]
