"""The net of covered heads: it learns also where half is not known, and what is committed is what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from weights.store import WeightStore
from weights.train.hidden import OUTPUTS, judge_by_folds, train
from weights.train.mlp import Recipe

QUICK = Recipe(hidden=8, epochs=14, batch=16, rate=3e-2, drop_in=0.0, drop=0.1)


def test_both_outputs_are_learned_from_examples_that_know_one_of_them() -> None:
    rng = np.random.default_rng(2)
    targets = np.full((200, 2), np.nan, np.float32)
    targets[:120, 0], targets[120:, 1] = np.arange(120) < 30, np.arange(80) < 20
    features = (rng.standard_normal((200, 8)) + 4 * np.nan_to_num(targets) @ np.eye(8)[:2]).astype(np.float32)
    logits = judge_by_folds(features, targets, [str(number) for number in range(200)], QUICK)
    known = np.isfinite(targets)
    assert ((logits > 0) == (targets > 0))[known].mean() > 0.9
    assert train(features, targets, QUICK, seeds=(0,)).logits(features).shape == (200, len(OUTPUTS))


def test_the_committed_model_answers_as_its_network_did() -> None:
    with np.load(Path(__file__).with_name("hidden_vectors.npz")) as stored:
        features, expected = stored["features"].astype(np.float32), stored["logits"]
    session = ort.InferenceSession(WeightStore().path("face_hidden").read_bytes(), providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(None, {"features": features})[0], expected, atol=5e-3)
