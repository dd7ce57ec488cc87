"""A hand before a face: it stays bit by bit while the face moves, and the head turns less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.animator import WarpAnimator
from pipeline.animate.warp.face_maps import WarpMaps, build_maps
from pipeline.animate.warp.hands import share_motion
from pipeline.animate.warp.motion_limits import limit_smile, limit_turns
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from pipeline.faces.mesh_topology import LEFT_MOUTH_CORNER
from pipeline.hands.finder import POINTS, Hand, find_hands, look_at_face
from pipeline.hands.shape import draw_hand
from pipeline.image_ops import ellipse_kernel
from pipeline.motion.channels import CHANNELS
from pipeline.motion.curves import Motion
from pipeline.runtime import Runtime


@pytest.fixture(scope="module")
def laughing(people: Sequence[Face]) -> Face:
    """The face of the man in red."""
    return min(people, key=lambda face: float(np.hypot(*(face.box[:2] - (747, 365)))))


@pytest.fixture(scope="module")
def maps(runtime: Runtime, table: Pixels, laughing: Face) -> WarpMaps:
    return build_maps(runtime, table, laughing)


@pytest.fixture(scope="module")
def hand_at_cheek(maps: WarpMaps) -> Hand:
    """A hand in the region, its fingers on the face's left half on the photo."""
    x, y = maps.head.centre
    length = 0.4 * maps.head.width
    points = [(x - 0.35 * maps.head.width, y + 1.1 * length)]
    for across in (-0.45, -0.2, -0.05, 0.1, 0.25):
        points += [(points[0][0] + across * length, y + (0.3 - 0.25 * joint) * length) for joint in range(4)]
    return Hand(np.array(points, np.float32), 0.99)


def test_the_hand_stays_while_the_face_turns_and_smiles(
    runtime: Runtime, table: Pixels, people: Sequence[Face], laughing: Face
) -> None:
    curves = {name: np.zeros(2, np.float32) for name in CHANNELS}
    curves["yaw"][1], curves["smile"][1] = 8.0, 1.0
    prepared = WarpAnimator(runtime).prepare(table, [laughing], everyone=people)
    moved = list(prepared.animate([Motion("turn", 25, curves)]))[1]
    (hand, *_) = find_hands(runtime, table, [look_at_face(laughing)])
    assert np.hypot(*(hand.middle - (709, 537))) < 20
    inner = cv2.erode(draw_hand(hand, (table.shape[0], table.shape[1])).astype(np.uint8), ellipse_kernel(3)) > 0
    assert np.array_equal(moved[inner], table[inner])
    x0, y0, x1, y1 = (int(end) for end in laughing.box)
    assert np.abs(moved[y0:y1, x0:x1].astype(int) - table[y0:y1, x0:x1]).mean() > 3


def test_motion_grows_from_nothing_at_a_hand(maps: WarpMaps, hand_at_cheek: Hand) -> None:
    share = share_motion([hand_at_cheek], maps.head, maps.grid)
    on_hand = draw_hand(hand_at_cheek, maps.grid.size, 1 / maps.grid.step)
    assert share[on_hand].max() == 0
    far = np.hypot(maps.grid.x - hand_at_cheek.middle[0], maps.grid.y - hand_at_cheek.middle[1]) > 1.5 * maps.head.width
    assert share[far].min() == 1
    assert np.abs(np.diff(share, axis=1)).max() < 0.25  # without a step
    assert share_motion([], maps.head, maps.grid).min() == 1


def test_a_head_behind_a_hand_turns_less(laughing: Face) -> None:
    curves = {name: np.zeros(2, np.float32) for name in CHANNELS}
    curves["yaw"][1] = 8.0
    free, held = (
        limit_turns(Motion("turn", 25, curves), laughing.pose, share).curves["yaw"][1] for share in (0.02, 0.2)
    )
    assert held < 0.8 * free


def test_a_mouth_that_a_hand_holds_smiles_less_on_both_sides(maps: WarpMaps, laughing: Face) -> None:
    curves = {name: np.zeros(2, np.float32) for name in CHANNELS}
    curves["smile"][1] = 1.0
    motion = Motion("smile", 25, curves)
    free, held = (
        limit_smile(motion, laughing.landmarks, laughing.pose, share).curves["smile"][1] for share in (1, 0.2)
    )
    assert 0 < held < 0.25 * free
    corner = maps.head.landmarks[LEFT_MOUTH_CORNER, :2]
    hand = Hand(np.tile(corner, (POINTS, 1)).astype(np.float32) + np.linspace(0, 9, POINTS)[:, None], 0.99)
    beside = maps.border * share_motion([hand], maps.head, maps.grid)[..., None]
    assert maps.mouth_share > 0.9
    assert replace(maps, border=beside).mouth_share < 0.1
