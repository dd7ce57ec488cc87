"""The edges of a picture on a page are found wherever they lie; walls, heads and gradients are no edges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from pipeline.arrays import Pixels
from pipeline.layers.picture_edges import Edge, find_picture_edges

PAGE = (250, 246, 240)


@pytest.fixture(scope="module")
def picture() -> Pixels:
    return np.ascontiguousarray(data.astronaut()[:440, 30:430])


def on_page(picture: Pixels, margins: tuple[int, int, int, int], page: tuple[int, int, int] = PAGE) -> Pixels:
    """The picture with margins at the left, the top, the right and the bottom."""
    left, top, right, bottom = margins
    border = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=page)
    return np.asarray(border, np.uint8)


def distances(edges: tuple[Edge, ...], x: float, y: float) -> list[float]:
    return sorted(float(edge.distance(np.array(x), np.array(y))) for edge in edges)


@pytest.mark.parametrize("page", [PAGE, (0, 0, 0), (229, 232, 238)], ids=["paper", "black", "chat"])
def test_all_four_sides_of_a_page_are_found(picture: Pixels, page: tuple[int, int, int]) -> None:
    edges = find_picture_edges(on_page(picture, (40, 60, 50, 140), page))
    assert len(edges) == 4
    # from the picture's upper left pixel: half a pixel to two edges, its size to the others
    np.testing.assert_allclose(distances(edges, 40, 60), [0.5, 0.5, 399.5, 439.5], atol=2.5)


def test_a_bar_above_and_below_gives_two_edges(picture: Pixels) -> None:
    edges = find_picture_edges(on_page(picture, (0, 90, 0, 120), (0, 0, 0)))
    assert sorted(round(float(edge.normal[1])) for edge in edges) == [-1, 1]


def test_a_scan_that_lies_askew_is_found(picture: Pixels) -> None:
    size, angle = (640, 660), 6.0
    matrix = cv2.getRotationMatrix2D((200, 220), angle, 1)
    matrix[:, 2] += (size[0] / 2 - 200, size[1] / 2 - 220)
    askew = cv2.warpAffine(picture, matrix, size, borderValue=PAGE)
    edges = find_picture_edges(np.asarray(askew, np.uint8))
    assert len(edges) == 4
    for edge in edges:
        turned = np.rad2deg(np.arctan2(edge.normal[1], edge.normal[0])) % 90
        assert min(abs(turned - (90 - angle)), abs(turned - angle)) < 1.0
    np.testing.assert_allclose(distances(edges, size[0] / 2, size[1] / 2), [200, 200, 220, 220], atol=4)


def test_lettering_on_the_page_does_not_hide_its_end(picture: Pixels) -> None:
    page = on_page(picture, (20, 60, 20, 60))
    cv2.putText(page, "12:41  Masha", (30, 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40, 40, 40), 2)
    assert len(find_picture_edges(page)) == 4


def test_a_photo_that_fills_its_file_has_no_edges(picture: Pixels) -> None:
    assert find_picture_edges(picture) == ()
    assert find_picture_edges(np.asarray(data.coffee(), np.uint8)) == ()


def test_a_head_before_an_even_wall_is_no_edge() -> None:
    wall = np.full((500, 400, 3), 225, np.uint8)
    cv2.ellipse(wall, (200, 240), (90, 120), 0, 0, 360, (120, 80, 70), -1)
    cv2.ellipse(wall, (200, 520), (190, 150), 0, 0, 360, (60, 60, 90), -1)
    assert find_picture_edges(wall) == ()


def test_light_that_falls_off_on_a_wall_is_no_edge() -> None:
    wall = np.repeat(np.linspace(230, 60, 400)[:, None], 300, 1)
    assert find_picture_edges(np.repeat(wall[..., None], 3, 2).astype(np.uint8)) == ()


def test_an_edge_is_the_same_line_in_a_part_of_the_photo() -> None:
    edge = Edge(np.array([0.6, 0.8]), 50.0)
    part = edge.translate(30, 20)
    assert float(part.distance(np.array(10.0), np.array(5.0))) == pytest.approx(
        float(edge.distance(np.array(40.0), np.array(25.0)))
    )
