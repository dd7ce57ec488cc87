"""Tuning: a network is read from its file as it was, and training goes on from there."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.child import join_networks, to_onnx
from weights.train.mlp import Array, Recipe, fit
from weights.train.tuning import read_network

WIDTH = 6


def examples(seed: int, shift: float = 0.0) -> tuple[Array, Array]:
    """Features, of which the first, read `shift` too low, says which of two classes it is, and the classes (n, 1)."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((600, WIDTH), np.float32)
    classes = (features[:, :1] > 0).astype(np.float32)
    features[:, 0] -= shift
    return features, classes


@pytest.fixture(scope="module")
def model() -> bytes:
    features, classes = examples(0)
    recipe = Recipe(hidden=16, epochs=60, batch=32, rate=1e-2)
    return to_onnx(fit(features, classes, np.ones_like(classes), recipe, 0))


def wrong(model: bytes, features: Array, classes: Array) -> float:
    """The share that a model judges wrongly."""
    return float(np.mean((read_network(model, features).logits(features) > 0) != (classes > 0)))


def test_the_answers_are_those_of_the_file(model: bytes) -> None:
    features, _ = examples(1)
    own, other = (read_network(model, some).logits(features) for some in (features, features * 3 + 1))
    np.testing.assert_allclose(own, other, atol=1e-3)


def test_training_goes_on_from_the_network(model: bytes) -> None:
    seen, classes = examples(2, shift=1.0)
    assert wrong(model, *examples(3)) < 0.1
    before = wrong(model, *examples(3, shift=1.0))
    start = read_network(model, seen)
    tuned = to_onnx(fit(seen, classes, np.ones_like(classes), Recipe(epochs=30, batch=32, rate=5e-3), 0, start))
    assert wrong(tuned, *examples(3, shift=1.0)) < before / 2
    assert start.w1.shape == (WIDTH, 16)


def test_what_is_tuned_is_joined_with_what_was_there(model: bytes) -> None:
    seen, classes = examples(2)
    start = read_network(model, seen)
    tuned = fit(seen, classes, np.ones_like(classes), Recipe(epochs=5, batch=32, rate=1e-3), 0, start)
    joined = join_networks([start, tuned])
    assert joined.w1.shape == (WIDTH, 32)
    assert wrong(to_onnx(joined), *examples(3)) < 0.1


def test_a_model_of_other_features_is_refused(model: bytes) -> None:
    with pytest.raises(ValueError, match="no network of one hidden layer"):
        read_network(model, np.zeros((5, WIDTH + 1), np.float32))
