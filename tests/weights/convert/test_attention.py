"""The custom operators of MediaPipe's attention mesh, each in a graph of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.weights.convert.run_graph import run_graph
from weights.convert import attention
from weights.convert.onnx_builder import OnnxBuilder, Port


def test_a_region_is_levelled_and_centred() -> None:
    """The small map's x axis runs from `left` to `right`, its size is the points' box times the scale."""
    angle, centre = np.deg2rad(30), np.array([70.0, 90.0])
    right, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    landmarks = np.zeros((1, 468, 3), np.float32)
    for point, (x, y) in enumerate([(-20, 0), (20, 0), (0, -5), (0, 5)]):
        landmarks[0, point, :2] = centre + x * right + y * down
    b = OnnxBuilder()
    region = attention.Region(left=0, right=1, points=[0, 1, 2, 3], scale=(1.5, 2.0), size=(16, 8))
    matrix = attention.landmarks_to_transform(b, "x", region)
    model = b.serialize([Port("x", [1, 468, 3])], [(matrix, Port("m", [1, 4, 4]))])
    (m,) = run_graph(model, x=landmarks)

    def place(x: float, y: float) -> NDArray[np.float32]:
        return (m[0] @ np.array([x, y, 0, 1], np.float32))[:2]

    np.testing.assert_allclose(place(8, 4), centre, atol=1e-3)
    np.testing.assert_allclose(place(16, 4), centre + 30 * right, atol=1e-3)
    np.testing.assert_allclose(place(8, 8), centre + 10 * down, atol=1e-3)


def test_a_picture_is_sampled_through_a_matrix() -> None:
    picture = np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4)
    shift = np.eye(4, dtype=np.float32)[None]
    shift[0, 0, 3] = 1  # one pixel to the right: the last column looks outside
    b = OnnxBuilder()
    sampled = attention.transform_tensor(b, "x", "m", (4, 4), (4, 4))
    ports = [Port("x", [1, 2, 4, 4]), Port("m", [1, 4, 4])]
    (y,) = run_graph(b.serialize(ports, [(sampled, Port("y", [1, 2, 4, 4]))]), x=picture, m=shift)
    np.testing.assert_allclose(y[..., :3], picture[..., 1:], atol=1e-4)
    assert not y[..., 3].any()


def test_points_go_back_through_the_matrix() -> None:
    matrix = np.eye(4, dtype=np.float32)[None]
    matrix[0, :2] = [[0, -2, 0, 5], [2, 0, 0, 7]]
    b = OnnxBuilder()
    points = attention.transform_landmarks(b, "p", "m")
    model = b.serialize([Port("p", [1, 2, 2]), Port("m", [1, 4, 4])], [(points, Port("y", [1, 2, 2]))])
    (y,) = run_graph(model, p=np.array([[[0, 0], [1, 3]]], np.float32), m=matrix)
    assert y.tolist() == [[[5, 7], [-1, 9]]]
