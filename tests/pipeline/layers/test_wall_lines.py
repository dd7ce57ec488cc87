"""Lines are followed where there are some, along their own direction, to the place where they come out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Float
from pipeline.layers.wall_lines import LinePlan, follow_lines

SIDE, FACE, HOLE = 200, 80.0, 45
REACH = 0.3


def stripes(degrees: float) -> Float:
    """Soft stripes 12 pixels wide, whose lines run at an angle, clockwise on the picture from the horizontal."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    angle = np.deg2rad(degrees)
    return (128 + 80 * np.sin((y * np.cos(angle) - x * np.sin(angle)) * 2 * np.pi / 12)).astype(np.float32)


def plan(grey: Float) -> tuple[LinePlan, Float]:
    """The plan for a disc in the middle of a picture, and the depth in it."""
    known = np.ones((SIDE, SIDE), np.float32)
    cv2.circle(known, (SIDE // 2, SIDE // 2), HOLE, 0.0, -1)
    depth = cv2.distanceTransform((known < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(FACE)
    return follow_lines(grey, known, depth, FACE, REACH), depth


@pytest.mark.parametrize("degrees", [0.0, 25.0, 90.0])
def test_a_pixel_behind_shows_its_own_line(degrees: float) -> None:
    grey = stripes(degrees)
    found, depth = plan(grey)
    sure = (found.trust > 0.9) & (depth > 0.02)
    assert sure.mean() > 0.03
    y, x = np.nonzero(sure)
    there = np.round(np.stack([y + found.step_y[sure], x + found.step_x[sure]])).astype(int)
    inside = ((there >= 0) & (there < SIDE)).all(0)
    shown = grey[tuple(there[:, inside])]
    assert np.abs(shown - grey[sure][inside]).mean() < 25  # of stripes 160 high
    assert (depth[tuple(there[:, inside])] == 0).mean() > 0.95


def test_a_line_along_the_silhouette_is_not_brought_from_afar() -> None:
    """At the disc's left and right vertical stripes touch it; what lies above and below is no witness."""
    found, depth = plan(stripes(90.0))
    beside = (depth > 0.03) & (depth < 0.08) & (np.abs(np.arange(SIDE) - SIDE // 2) < 5)[:, None]
    assert found.trust[beside].max() < 0.1


def test_noise_and_even_walls_have_no_lines() -> None:
    noise = np.random.default_rng(2).normal(128, 30, (SIDE, SIDE)).astype(np.float32)
    for grey in (noise, np.full((SIDE, SIDE), 90, np.float32)):
        found, _ = plan(grey)
        assert (found.trust > 0.2).mean() < 0.02


def test_without_a_hole_there_is_nothing_to_follow() -> None:
    still = np.zeros((40, 40), np.float32)
    assert follow_lines(stripes(0.0)[:40, :40], still + 1, still, 20.0, REACH).trust.max() == 0.0
