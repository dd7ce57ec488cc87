"""The small network: it learns what can be learned, as its weights ask."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.mlp import Array, Network, Recipe, fit

RECIPE = Recipe(hidden=16, epochs=40, batch=64, rate=1e-2, drop_in=0.0, drop=0.1)


@pytest.fixture
def points() -> tuple[Array, Array]:
    """Points of a plane, and whether they lie in the first or third quadrant, and above."""
    features = np.random.default_rng(4).standard_normal((600, 2)).astype(np.float32)
    x, y = features.T
    return features, np.stack([x * y > 0, y > 0], axis=1).astype(np.float32)


def accuracy(network: Network, features: Array, targets: Array) -> Array:
    """The share of right answers of each output."""
    return np.asarray(((network.logits(features) > 0) == (targets > 0)).mean(axis=0), np.float32)


def test_every_output_is_learned(points: tuple[Array, Array]) -> None:
    features, targets = points
    network = fit(features, targets, np.ones_like(targets), RECIPE, seed=0)
    assert network.logits(features).shape == targets.shape
    assert accuracy(network, features, targets).min() > 0.9


def test_an_output_of_no_weight_is_not_learned(points: tuple[Array, Array]) -> None:
    features, targets = points
    weights = np.ones_like(targets)
    weights[:, 0] = 0
    network = fit(features, targets, weights, RECIPE, seed=0)
    quadrant, above = accuracy(network, features, targets)
    assert above > 0.9 > quadrant


def test_features_of_any_scale_are_standardised(points: tuple[Array, Array]) -> None:
    features, targets = points
    far = features * np.float32([100, 0.5]) + np.float32([1000, -3])
    network = fit(far, targets, np.ones_like(targets), RECIPE, seed=0)
    assert accuracy(network, far, targets).min() > 0.9
    assert network.mean == pytest.approx(far.mean(axis=0), rel=1e-3)
