"""The graph's inputs have the declared shapes, and each value is where the graph looks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.animate.warp.displacement import CAMERA
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.animate.warp.formula import EYE_VALUES, HEAD_VALUES
from pipeline.animate.warp.gpu_inputs import RenderWindow, build_graph_inputs
from weights.convert.warp.interface import AXES

WINDOW = RenderWindow.covering(slice(0, 64), slice(16, 80))


def test_the_inputs_have_the_declared_shapes(maps: WarpMaps) -> None:
    inputs = build_graph_inputs(maps, WINDOW)
    assert inputs.keys() == AXES.keys() - {"cur"}
    sizes: dict[str, int] = {}
    for name, value in inputs.items():
        assert len(value.shape) == len(AXES[name])
        for axis, size in zip(AXES[name], value.shape, strict=True):
            assert size == (sizes.setdefault(axis, size) if isinstance(axis, str) else axis), name


def test_values_are_found_by_their_names(maps: WarpMaps) -> None:
    inputs = build_graph_inputs(maps, WINDOW)
    head = dict(zip(HEAD_VALUES, inputs["head"].tolist(), strict=True))
    assert (head["across_x"], head["across_y"]) == pytest.approx(tuple(maps.head.across), abs=1e-6)
    assert (head["focal"], head["step"]) == pytest.approx((CAMERA * maps.head.width, maps.grid.step))
    right, left = (dict(zip(EYE_VALUES, row.tolist(), strict=True)) for row in inputs["eyes"])
    for found, eye in ((right, maps.eyes[0]), (left, maps.eyes[1])):
        assert eye is not None
        assert (found["centre_x"], found["centre_y"]) == pytest.approx(tuple(eye.contour.centre), rel=1e-5)
        assert (found["width"], found["blink"], found["softness"]) == pytest.approx(
            (eye.contour.width, eye.blink, eye.softness), rel=1e-5
        )
        assert (found["present"], found["box_left"], found["box_top"]) == (1.0, *eye.box[:2])
    columns = maps.grid.size[1]
    for cell, eye in zip(inputs["eye_cell"].tolist(), maps.eyes, strict=True):
        assert eye is not None
        place = np.array([maps.grid.x[0, cell % columns], maps.grid.y[cell // columns, 0]])
        assert np.abs(place - eye.contour.centre).max() <= maps.grid.step


def test_an_absent_eye_counts_for_nothing(maps: WarpMaps) -> None:
    inputs = build_graph_inputs(replace(maps, eyes=(maps.eyes[0], None)), WINDOW)
    absent = dict(zip(EYE_VALUES, inputs["eyes"][1].tolist(), strict=True))
    assert absent["present"] == 0.0
    assert absent["width"] > 0  # the graph divides by it
    assert not inputs["eye_images"][1].any()


def test_a_window_has_whole_tiles_and_may_reach_over_the_edge() -> None:
    window = RenderWindow.covering(slice(3, 20), slice(5, 21))
    assert (window.left, window.top, window.height, window.width) == (5, 3, 32, 16)
    image = np.arange(25 * 30 * 3).reshape(25, 30, 3)
    part = window.cut(image)
    assert part.shape == (32, 16, 3)
    np.testing.assert_array_equal(part[:22], image[3:25, 5:21])
    np.testing.assert_array_equal(part[22:], np.repeat(image[24:25, 5:21], 10, 0))
