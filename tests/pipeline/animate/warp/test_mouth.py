"""Lips part to a dark line along their own, and teeth that the photo shows stay where they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.animate.warp.head_frame import Head
from pipeline.animate.warp.mouth import Mouth, build_mouth, draw_mouth, measure_upper_teeth
from pipeline.animate.warp.texture import build_texture
from pipeline.arrays import Float, Pixels

SKIN, LIP, LINE = (200, 150, 130), (170, 90, 90), (90, 40, 40)


@pytest.fixture(scope="module")
def picture(shut_head: Head) -> Pixels:
    """Skin with lips that meet in a dark line, a little below their landmarks."""
    y, x = np.mgrid[:300, :320]
    mouth = build_mouth(np.full((300, 320, 3), 128, np.uint8), shut_head)
    u, v = mouth.local(x.astype(np.float32), y.astype(np.float32) - np.float32(0.008 * shut_head.width))
    out = np.full((300, 320, 3), SKIN, np.uint8)
    out[(np.abs(v) < 0.04 * shut_head.width) & (np.abs(u) < mouth.half_width)] = LIP
    out[(np.abs(v) < 0.7) & (np.abs(u) < mouth.half_width)] = LINE
    return out


@pytest.fixture(scope="module")
def mouth(picture: Pixels, shut_head: Head) -> Mouth:
    return build_mouth(picture, shut_head)


def column(picture: Pixels, mouth: Mouth, jaw: float) -> Float:
    """The pixels across the middle of the lips, (n, 3), from 0.1 face widths above to as much below."""
    v = np.arange(-9.0, 9.5, 0.5, dtype=np.float32)[:, None]
    drawn, share = draw_mouth(build_texture(picture, (0, 0, 320, 300)), mouth, jaw, mouth.place(np.zeros_like(v), v))
    assert share[len(v) // 2, 0] == pytest.approx(1.0)
    return drawn[:, 0]


def test_the_line_is_the_photos_own_dark_one(mouth: Mouth, shut_head: Head) -> None:
    middle = mouth.line[len(mouth.line) // 2]
    assert middle == pytest.approx(0.008 * shut_head.width, abs=0.5)
    assert np.abs(mouth.line[[0, -1]]).max() < 0.3  # the corners stay


def test_shut_lips_are_the_photo(picture: Pixels, mouth: Mouth) -> None:
    y, x = np.round(mouth.centre[1] - 9 + np.arange(19)), np.full(19, np.round(mouth.centre[0]))
    source = np.stack([x, y], -1).astype(np.float32)[:, None]
    drawn, _ = draw_mouth(build_texture(picture, (0, 0, 320, 300)), mouth, 0.0, source)
    photo = picture[y.astype(int), x.astype(int)].astype(float)
    assert np.abs(drawn[:, 0] - photo)[[0, 1, 2, -3, -2, -1]].max() < 12


def test_lips_part_to_a_dark_line_that_widens(picture: Pixels, mouth: Mouth) -> None:
    dark = [int((column(picture, mouth, jaw).mean(-1) < 45).sum()) for jaw in (0.0, 0.5, 1.0)]
    assert dark[0] == 0 < dark[1] < dark[2]
    assert dark[2] * 0.5 < 1.3 * mouth.gap
    assert mouth.colour == pytest.approx(0.5 * np.array(LINE), abs=12)


def test_both_lips_keep_their_height(picture: Pixels, mouth: Mouth) -> None:
    def lip(jaw: float) -> float:
        red = column(picture, mouth, jaw)
        return float((np.abs(red - LIP).max(-1) < 40).sum())

    assert lip(1.0) == pytest.approx(lip(0.0), rel=0.35)


def test_the_corners_stay_shut(picture: Pixels, mouth: Mouth) -> None:
    v = np.arange(-6.0, 6.5, 0.5, dtype=np.float32)[:, None]
    u = np.full_like(v, 0.98 * mouth.half_width)
    texture = build_texture(picture, (0, 0, 320, 300))
    shut, _ = draw_mouth(texture, mouth, 0.0, mouth.place(u, v))
    parted, _ = draw_mouth(texture, mouth, 1.0, mouth.place(u, v))
    assert np.abs(parted - shut).mean() < 6


def test_teeth_stay_above_the_gap(picture: Pixels, head: Head) -> None:
    """The astronaut shows hers: the lips part along the lower lip, what is above it is the photo."""
    mouth = build_mouth(picture, head)
    points = head.landmarks[[13, 14], :2]
    _, (upper, lower) = mouth.local(points[:, 0], points[:, 1])
    assert mouth.line[len(mouth.line) // 2] == pytest.approx(lower, abs=0.6)
    assert lower - upper > 2


@pytest.mark.parametrize(("inside", "seen"), [(SKIN, 1.0), ((30, 10, 10), 0.0)])
def test_light_teeth_below_the_upper_lip_are_told_from_a_dark_opening(
    picture: Pixels, head: Head, inside: tuple[int, int, int], seen: float
) -> None:
    opening = np.round(head.landmarks[[78, 80, 13, 310, 308, 318, 14, 88], :2]).astype(np.int32)
    assert measure_upper_teeth(cv2.fillPoly(picture.copy(), [opening], inside), head) == seen
