"""The net of photos, paintings, drawings and statues: it learns, and what is committed is what was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort

from filters import medium
from weights.store import WeightStore
from weights.train.medium import KINDS, judge_by_folds, train, tune, widen
from weights.train.mlp import Recipe

QUICK = Recipe(hidden=8, epochs=24, batch=16, rate=3e-2, drop_in=0.0, drop=0.1)
GENTLE = Recipe(hidden=32, epochs=14, batch=16, rate=5e-3, drop_in=0.0, drop=0.1)


def test_each_kind_is_learned_also_the_rare_one() -> None:
    rng = np.random.default_rng(2)
    kinds = ["photo"] * 120 + ["painting"] * 30 + ["drawing"] * 40 + ["animal"] * 20 + ["statue"] * 20
    features = (rng.standard_normal((230, 8)) + 4 * np.eye(8)[[KINDS.index(kind) for kind in kinds]]).astype(np.float32)
    names = [f"{number // 2}" for number in range(230)]
    chances = judge_by_folds(features, kinds, names, QUICK, dict.fromkeys(KINDS, 1.0))
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    right = np.array([KINDS[index] for index in chances.argmax(axis=1)]) == np.array(kinds)
    assert right.mean() > 0.9
    assert right[-20:].mean() > 0.7
    assert train(features, kinds, QUICK, seeds=(0,)).logits(features).shape == (230, 5)


def test_tuning_mends_drawings_and_leaves_the_rest() -> None:
    rng = np.random.default_rng(3)
    kinds = ["photo"] * 120 + ["painting"] * 60 + ["drawing"] * 60 + ["statue"] * 60
    truth = np.array([KINDS.index(kind) for kind in kinds])
    features = (rng.standard_normal((300, 8)) + 4 * np.eye(8)[truth]).astype(np.float32)
    # drawings in the manner of photos, which the net does not know
    manner = 3 * np.eye(8)[0] + 5 * np.eye(8)[5]
    new = (rng.standard_normal((60, 8)) + manner).astype(np.float32)
    start = train(features, kinds, GENTLE, seeds=(0,))
    tuned = tune(np.tile(np.concatenate([features, new]), (20, 1)), [*kinds, *["drawing"] * 60] * 20, start)
    other = (rng.standard_normal((60, 8)) + manner).astype(np.float32)
    drawing = KINDS.index("drawing")
    before, after = ((net.logits(other).argmax(axis=1) == drawing).mean() for net in (start, tuned))
    assert before < 0.1
    assert after > 0.5
    assert (tuned.logits(features).argmax(axis=1) == truth).mean() > 0.9


def test_a_kind_that_is_new_is_learned_by_a_trained_network() -> None:
    rng = np.random.default_rng(4)
    known = ["photo"] * 120 + ["painting"] * 60 + ["drawing"] * 60 + ["statue"] * 60
    kinds = [*known, *["animal"] * 60]
    truth = np.array([KINDS.index(kind) for kind in kinds])
    features = (rng.standard_normal((360, 8)) + 4 * np.eye(8)[truth]).astype(np.float32)
    before = train(features[:300], known, GENTLE, seeds=(0,))
    before = replace(before, w2=before.w2[:, :4], b2=before.b2[:4])
    wide = widen(before)
    np.testing.assert_allclose(wide.logits(features)[:, :4], before.logits(features), atol=1e-5)
    assert set(wide.logits(features).argmax(axis=1)) == {0, 1, 2, 3}
    tuned = tune(np.tile(features, (20, 1)), kinds * 20, wide)
    assert (tuned.logits(features).argmax(axis=1) == truth).mean() > 0.9


def test_the_committed_model_answers_as_its_network_did() -> None:
    with np.load(Path(__file__).with_name("medium_vectors.npz")) as stored:
        features, expected = stored["features"].astype(np.float32), stored["logits"]
    session = ort.InferenceSession(WeightStore().path("medium").read_bytes(), providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(None, {"features": features})[0], expected, atol=5e-3)
    assert medium.KINDS == KINDS
