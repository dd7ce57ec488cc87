"""The classifier of minors: what is trained is what is written, and what is written is what is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from filters import age_features, minors
from weights.store import WeightStore
from weights.train.child import (
    YOUNGER_THAN,
    Examples,
    assign_folds,
    find_thresholds,
    join_networks,
    to_onnx,
    train,
)
from weights.train.mlp import Recipe, fit

VECTORS = Path(__file__).with_name("child_vectors.npz")
QUICK = Recipe(hidden=8, epochs=4, batch=32)


@pytest.fixture(scope="module")
def examples() -> Examples:
    """People whose first feature is their age and whose others are noise."""
    rng = np.random.default_rng(0)
    ages = rng.integers(1, 80, 600)
    features = rng.standard_normal((600, 6), np.float32)
    features[:, 0] = (ages - 30) / 20
    return Examples(features, ages, np.arange(600) // 2, np.arange(600) % 2 == 1)


def answered(model: bytes, features: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"features": features})[0])


def test_the_onnx_is_the_trained_network(examples: Examples) -> None:
    network = train(examples, QUICK, seeds=(0, 1))
    features = examples.features[:20].astype(np.float32)
    logits = answered(to_onnx(network), features)
    assert logits.shape == (20, len(YOUNGER_THAN) + 1)
    np.testing.assert_allclose(logits, network.logits(features), atol=1e-4)


def test_the_committed_model_answers_as_its_network_did() -> None:
    with np.load(VECTORS) as stored:
        features, expected = stored["features"].astype(np.float32), stored["logits"]
    logits = answered(WeightStore().path("child").read_bytes(), features)
    np.testing.assert_allclose(logits, expected, atol=2e-3)


def test_the_filter_knows_the_model() -> None:
    assert minors.YOUNGER_THAN == YOUNGER_THAN
    with np.load(VECTORS) as stored:
        assert stored["features"].shape[1] == age_features.WIDTH


def test_the_model_is_small() -> None:
    assert WeightStore().path("child").stat().st_size <= 3_000_000


def test_it_learns_who_is_young(examples: Examples) -> None:
    logits = train(examples, Recipe(hidden=16, epochs=60, batch=32, rate=1e-2), seeds=(0,)).logits(
        np.asarray(examples.features, np.float32)
    )
    young, old = logits[examples.ages < 15, -1], logits[examples.ages > 35, -1]
    assert np.mean(young > 0) > 0.9
    assert np.mean(old < 0) > 0.9


def test_a_seed_gives_the_same_network(examples: Examples) -> None:
    first, again, other = (train(examples, QUICK, seeds=(seed,)) for seed in (0, 0, 1))
    assert np.array_equal(first.w1, again.w1)
    assert not np.array_equal(first.w1, other.w1)


def test_joined_networks_answer_their_mean(examples: Examples) -> None:
    features = examples.features.astype(np.float32)
    targets = np.repeat((examples.ages[:, None] < 18).astype(np.float32), 2, axis=1)
    parts = [fit(features, targets, np.ones_like(targets), QUICK, seed) for seed in (0, 1, 2)]
    mean = np.mean([part.logits(features) for part in parts], axis=0)
    np.testing.assert_allclose(join_networks(parts).logits(features), mean, atol=1e-5)


def test_crops_of_one_photo_stay_together(examples: Examples) -> None:
    part = assign_folds(examples.photos, 5)
    assert np.array_equal(part[::2], part[1::2])
    assert set(part.tolist()) == set(range(5))


def test_a_threshold_for_more_refusals_is_lower(examples: Examples) -> None:
    found = find_thresholds(examples, {"normal": 0.05, "strict": 0.3}, count=2)
    assert 0 <= found["strict"] < found["normal"] <= 1


def test_examples_are_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        Examples(np.zeros((3, 2), np.float32), np.zeros(2, int), np.zeros(3, int), np.zeros(3, bool))
