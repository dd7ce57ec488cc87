"""Torn corners: found where the lid shows, white or black, and not where a bright window or a dark coat is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float, Mask
from pipeline.faces.finder import Face
from pipeline.faces.head_pose import Pose
from pipeline.restore.torn_corners import find_torn_corners

SIDE = 400
ONE = np.ones(2, np.float32)


def make_print(lightest: float = 200.0) -> Float:
    """A print with grain whose tones lie between 40 and `lightest`."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    waves = 0.5 + 0.25 * (np.sin(x / 37) + np.cos(y / 51))
    return np.asarray(40 + (lightest - 40) * waves + rng.normal(0, 2, waves.shape), np.float32)


def tear(grey: Float, tone: float, points: list[tuple[int, int]]) -> Mask:
    """Lay a tear into the print, in place; its pixels."""
    mask = np.zeros(grey.shape, np.uint8)
    cv2.fillPoly(mask, [np.array(points, np.int32)], 1)
    grey[mask > 0] = tone
    return mask > 0


@pytest.mark.parametrize("tone", [252.0, 3.0])
def test_a_torn_corner_is_found(tone: float) -> None:
    grey = make_print()
    there = tear(grey, tone, [(0, 0), (90, 0), (40, 35), (0, 60)])
    there |= tear(grey, tone, [(399, 399), (399, 350), (380, 390), (340, 399)])
    found = find_torn_corners(grey, [], ONE)
    assert (found & there).sum() > 0.93 * there.sum()
    with_rim = cv2.dilate(there.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    assert not (found & ~with_rim).any()


def test_a_whole_print_has_none() -> None:
    assert not find_torn_corners(make_print(), [], ONE).any()


def test_a_window_as_white_as_a_shirt_is_no_tear() -> None:
    grey = make_print()
    tear(grey, 252.0, [(0, 0), (90, 0), (40, 35), (0, 60)])
    grey[150:250, 150:250] = 252.0  # the shirt
    assert not find_torn_corners(grey, [], ONE).any()


def test_a_wide_margin_and_a_tear_at_a_face_are_left() -> None:
    grey = make_print()
    tear(grey, 252.0, [(0, 0), (399, 0), (399, 12), (0, 12)])
    assert not find_torn_corners(grey, [], ONE).any()
    grey = make_print()
    tear(grey, 252.0, [(0, 0), (90, 0), (40, 35), (0, 60)])
    face = Face(np.array((20, 20, 160, 200), np.float32), np.zeros((478, 3), np.float32), Pose(0, 0, 0), 1.0, 1.0)
    assert not find_torn_corners(grey, [face], ONE).any()
