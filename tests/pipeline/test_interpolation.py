"""Interpolation of scattered points: through them, never beyond them, and exact where it has to be."""

from __future__ import annotations

import itertools

import numpy as np

from pipeline.interpolation import bend_plate, follow_curve, raise_surface


def test_a_curve_goes_through_its_points_and_never_beyond_them() -> None:
    x, y = np.array([0.0, 1.0, 1.5, 4.0, 5.0]), np.array([0.0, 2.0, 2.0, -1.0, 3.0])
    np.testing.assert_allclose(follow_curve(x, y, x), y, atol=1e-12)
    for first, (low, high) in enumerate(itertools.pairwise(y)):
        between = follow_curve(x, y, np.linspace(x[first], x[first + 1], 50))
        assert min(low, high) - 1e-12 <= between.min() and between.max() <= max(low, high) + 1e-12


def test_a_curve_as_that_of_scipy() -> None:
    x, y = np.array([0.0, 1.0, 3.0, 4.0]), np.array([0.0, 1.0, 2.0, 6.0])
    # scipy.interpolate.PchipInterpolator(x, y)([0.5, 2.0, 3.5])
    expected = [0.5592948717948718, 1.42983367983368, 3.475788288288288]
    np.testing.assert_allclose(follow_curve(x, y, np.array([0.5, 2.0, 3.5])), expected, atol=1e-12)


def test_two_points_are_a_straight_line() -> None:
    values = follow_curve(np.array([1.0, 3.0]), np.array([5.0, 9.0]), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(values, [5.0, 7.0, 9.0])


def test_a_plate_is_a_plane_where_its_points_are_and_goes_through_others() -> None:
    random = np.random.default_rng(5)
    points, places = random.random((12, 2)), random.random((40, 2)) * 3 - 1
    flat = np.stack([points @ (2.0, -1.0) + 3.0, points @ (0.5, 0.0)], -1)
    expected = np.stack([places @ (2.0, -1.0) + 3.0, places @ (0.5, 0.0)], -1)
    np.testing.assert_allclose(bend_plate(points, flat, places, 1e-5), expected, atol=1e-9)
    bumpy = random.normal(size=(12, 1))
    np.testing.assert_allclose(bend_plate(points, bumpy, points, 0.0), bumpy, atol=1e-9)


def test_a_plate_as_that_of_scipy() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.5, 0.4]])
    values = np.array([[0.0], [0.0], [0.0], [0.0], [1.0]])
    # scipy.interpolate.RBFInterpolator(points, values, kernel="thin_plate_spline", smoothing=1e-5, degree=1)
    found = bend_plate(points, values, np.array([[0.25, 0.5], [2.0, 2.0]]), 1e-5)
    np.testing.assert_allclose(found[:, 0], [0.7465397756909855, -0.9326850530752079], atol=1e-9)


def test_a_surface_is_exact_on_a_plane_and_unknown_beyond_its_points() -> None:
    points = np.random.default_rng(3).random((60, 2)) * 30 + (10.0, 5.0)
    surface = raise_surface(points, points @ (0.3, -0.2) + 1.0, (40, 50))
    y, x = np.mgrid[:40, :50]
    inside = np.isfinite(surface)
    assert 500 < inside.sum() < 900 and not inside[:4].any() and not inside[:, :9].any()
    error = np.abs(surface - (0.3 * x - 0.2 * y + 1.0))[inside]
    assert np.median(error) < 1e-9 and error.max() < 0.5  # at a seam of half a pixel it ends level
