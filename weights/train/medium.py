"""Training of the net that tells photos from paintings, drawings and statues, weights/medium.onnx, on embeddings.

The embeddings come from `python -m skill.train.medium FOLDER`, which may look at faces; this package may not. The card
weights/train/medium_card.md says what was fitted on what, and how well it does.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from weights.train.child import join_networks
from weights.train.mlp import Array, Network, Recipe, fit

KINDS: Final = ("photo", "painting", "drawing", "statue")
RECIPE: Final = Recipe(hidden=64, epochs=25, batch=64, decay=5e-2, drop_in=0.3)
# What an example of a kind weighs beside that of its rarity: a photo that is called a drawing is the worst
WEIGHTS: Final = {"photo": 2.0, "painting": 1.0, "drawing": 1.0, "statue": 1.0}
FOLDS: Final = 5
# For going on from a network that is trained, with pictures that it has not seen: only what tells these two is changed,
# or else statues are soon taken for the paintings that are more
TUNING: Final = Recipe(hidden=64, epochs=20, batch=64, rate=1e-3, decay=5e-2, drop_in=0.3)
TUNED: Final = ("photo", "drawing")


def train(
    features: Array,
    kinds: Sequence[str],
    recipe: Recipe = RECIPE,
    seeds: tuple[int, ...] = (0, 1, 2),
    weights: Mapping[str, float] = WEIGHTS,
) -> Network:
    """Fit one network for each seed, and join them to one. Rare kinds weigh more, by the root of how rare they
    are, and photos more than that.

    Args:
        features: The embeddings, float (n, width).
        kinds: The kind of each, of KINDS.
        recipe: The size of a network, and the settings of the fit.
        seeds: One for each network.
        weights: What an example of each of KINDS weighs beside that.
    """
    targets, shares = _targets(kinds, weights)
    return join_networks([fit(features, targets, shares, recipe, seed) for seed in seeds])


def tune(features: Array, kinds: Sequence[str], start: Network, seeds: tuple[int, ...] = (0, 1)) -> Network:
    """Go on from `start`, once for each seed, with the outputs of TUNED alone, and join what comes of it with `start`.

    Args:
        features: The embeddings, float (n, width).
        kinds: The kind of each, of KINDS.
        start: The network, see `weights.train.tuning`.
        seeds: One for each network that is tuned.
    """
    targets, shares = _targets(kinds, WEIGHTS)
    shares *= np.array([kind in TUNED for kind in KINDS], np.float32)
    return join_networks([start, *(fit(features, targets, shares, TUNING, seed, start) for seed in seeds)])


def _targets(kinds: Sequence[str], weights: Mapping[str, float]) -> tuple[Array, Array]:
    """Targets and weights, both (n, outputs)."""
    labels = np.array([KINDS.index(kind) for kind in kinds])
    targets = np.eye(len(KINDS), dtype=np.float32)[labels]
    rare = 1 / np.sqrt(np.maximum(1, np.bincount(labels, minlength=len(KINDS))))[labels]
    rare *= np.array([weights[kind] for kind in KINDS])[labels]
    return targets, np.repeat((rare / rare.mean())[:, None], len(KINDS), axis=1).astype(np.float32)


def judge_by_folds(
    features: Array,
    kinds: Sequence[str],
    names: Sequence[str],
    recipe: Recipe = RECIPE,
    weights: Mapping[str, float] = WEIGHTS,
) -> Array:
    """The chances of KINDS, (n, 4), each by networks that never saw it: a name, of a file or artist, has one fold."""
    fold = np.array([zlib.crc32(name.encode()) % FOLDS for name in names])
    logits = np.zeros((len(features), len(KINDS)), np.float32)
    for number in range(FOLDS):
        inside = fold == number
        others = [kind for kind, here in zip(kinds, inside, strict=True) if not here]
        network = train(features[~inside], others, recipe, (0, 1), weights)
        logits[inside] = network.logits(features[inside].astype(np.float32))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
