"""The nose's shadow moves away from the light that the head turns from, and only where the photo shows one."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.animate.warp.cast_shadow import shadow_change
from pipeline.animate.warp.depth import Depth, estimate_depth
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.arrays import Double, Float
from pipeline.faces.mesh_topology import NOSE_TIP

FROM_RIGHT = np.array([-0.35, -0.2, -0.35])  # the person's right, the picture's left


@pytest.fixture(scope="module")
def depth(maps: WarpMaps) -> Depth:
    return estimate_depth(maps.head, maps.grid, np.ones(maps.grid.size, np.float32))


def change(maps: WarpMaps, depth: Depth, light: Double, shade: float) -> tuple[Float, Float]:
    """On a face of even light whose left half is darker by `shade`."""
    across = (maps.grid.points - maps.head.landmarks[NOSE_TIP, :2]) @ maps.head.across
    expected = np.full(maps.grid.size, 0.5)
    seen = np.float32(expected * np.where(across > 0, 1.0 - shade, 1.0))
    return shadow_change(maps.head, maps.grid, depth, light, seen, expected, depth.oval)


def test_it_grows_where_the_head_turns_to(maps: WarpMaps, depth: Depth) -> None:
    across = (maps.grid.points - maps.head.landmarks[NOSE_TIP, :2]) @ maps.head.across
    yaw, pitch = change(maps, depth, FROM_RIGHT, 0.4)
    darker, lighter = np.maximum(-yaw, 0.0), np.maximum(yaw, 0.0)
    assert darker.max() > 0.3
    assert (darker * across).sum() / darker.sum() > 0.02 * maps.head.width
    assert darker.sum() > 2.0 * lighter.sum()  # the farther the light goes to the side, the longer its shadow
    assert np.abs(pitch).max() > 0.05
    assert not yaw[~depth.oval & (depth.outside > 0.1)].any()


@pytest.mark.parametrize(
    ("light", "shade"),
    [((-0.35, -0.2, -0.35), 0.0), ((-0.01, -0.01, -0.5), 0.4), ((-0.5, -0.2, -0.05), 0.4), ((-0.3, 0.0, 0.3), 0.4)],
    ids=["soft light", "a flash", "from the side", "from behind"],
)
def test_no_shadow_is_invented(maps: WarpMaps, depth: Depth, light: tuple[float, ...], shade: float) -> None:
    assert not any(one.any() for one in change(maps, depth, np.array(light), shade))
