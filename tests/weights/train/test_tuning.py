"""Tuning: a network is read from its file as it was, and training goes on from there."""

from __future__ import annotations

import numpy as np
import pytest

from weights.train.child import Examples, to_onnx, train, tune
from weights.train.mlp import Recipe
from weights.train.tuning import read_network

WIDTH = 6


def people(seed: int, shift: float = 0.0) -> Examples:
    """People whose first feature is their age, read `shift` too low, and whose others are noise."""
    rng = np.random.default_rng(seed)
    ages = rng.integers(1, 80, 600)
    features = rng.standard_normal((600, WIDTH), np.float32)
    features[:, 0] = (ages - 30) / 20 - shift
    return Examples(features, ages, np.arange(600), np.zeros(600, bool))


@pytest.fixture(scope="module")
def model() -> bytes:
    return to_onnx(train(people(0), Recipe(hidden=16, epochs=60, batch=32, rate=1e-2), seeds=(0,)))


def wrong(model: bytes, examples: Examples) -> float:
    """The share of clear cases that a model judges wrongly."""
    features = np.asarray(examples.features, np.float32)
    says_minor = read_network(model, features).logits(features)[:, -1] > 0
    clear = (examples.ages < 15) | (examples.ages > 25)
    return float(np.mean(says_minor[clear] != (examples.ages[clear] < 18)))


def test_the_answers_are_those_of_the_file(model: bytes) -> None:
    features = np.asarray(people(1).features, np.float32)
    own, other = (read_network(model, some).logits(features) for some in (features, features * 3 + 1))
    np.testing.assert_allclose(own, other, atol=1e-3)


def test_training_goes_on_from_the_network(model: bytes) -> None:
    seen = people(2, shift=1.0)
    assert wrong(model, people(3)) < 0.1
    before = wrong(model, people(3, shift=1.0))
    start = read_network(model, np.asarray(seen.features, np.float32))
    tuned = to_onnx(train(seen, Recipe(epochs=30, batch=32, rate=5e-3), seeds=(0,), start=start))
    assert wrong(tuned, people(3, shift=1.0)) < before / 2
    assert start.w1.shape == (WIDTH, 16)


def test_what_is_tuned_is_joined_with_what_was_there(model: bytes) -> None:
    seen = people(2)
    start = read_network(model, np.asarray(seen.features, np.float32))
    tuned = tune(seen, start)
    assert tuned.w1.shape == (WIDTH, 48)
    assert wrong(to_onnx(tuned), people(3)) < 0.1


def test_a_model_of_other_features_is_refused(model: bytes) -> None:
    with pytest.raises(ValueError, match="no network of one hidden layer"):
        read_network(model, np.zeros((5, WIDTH + 1), np.float32))
