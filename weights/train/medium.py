"""Training of the net that tells photos from paintings, drawings, statues and animals, weights/medium.onnx, on
embeddings.

The embeddings come from `python -m skill.train.medium FOLDER`, which may look at faces; this package may not. The card
weights/train/medium_card.md says what was fitted on what, and how well it does.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from weights.train.child import join_networks
from weights.train.mlp import Array, Network, Recipe, fit

KINDS: Final = ("photo", "painting", "drawing", "statue", "animal")
RECIPE: Final = Recipe(hidden=64, epochs=25, batch=64, decay=5e-2, drop_in=0.3)
# What an example of a kind weighs beside that of its rarity: a photo that is called a drawing is the worst
WEIGHTS: Final = {"photo": 2.0, "painting": 1.0, "drawing": 1.0, "statue": 1.0, "animal": 1.0}
FOLDS: Final = 5
# For going on from a network that is trained, with pictures that it has not seen
TUNING: Final = Recipe(hidden=64, epochs=20, batch=64, rate=2e-3, decay=5e-2, drop_in=0.3)
# Share of the weights that it had before, in those that come of it: with a quarter it forgets less of what it is not
# shown again, and learns nearly as much
KEPT: Final = 0.25
_NO: Final = -12.0  # an output that counts for nothing beside the others


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
    """Go on from `start`, once for each seed, and take the mean of the weights that come of it, and KEPT of its own.

    What is not seen again is unlearned: examples of every kind are needed, not only of those that shall be told better.

    Args:
        features: The embeddings, float (n, width).
        kinds: The kind of each, of KINDS.
        start: The network, see `weights.train.tuning` and `widen`.
        seeds: One for each network that is tuned.
    """
    targets, shares = _targets(kinds, WEIGHTS)
    tuned = [fit(features, targets, shares, TUNING, seed, start) for seed in seeds]
    # one beginning, and short ways from it: the mean of the weights answers as the networks do together
    layers = (
        KEPT * getattr(start, name) + (1 - KEPT) * np.mean([getattr(net, name) for net in tuned], axis=0)
        for name in ("w1", "b1", "w2", "b2")
    )
    return Network(start.mean, start.scale, *(np.asarray(layer, np.float32) for layer in layers))


def widen(network: Network) -> Network:
    """A network that was trained on the first ones of KINDS, with an output for each of them; the new ones say no."""
    hidden, outputs = network.w2.shape
    missing = len(KINDS) - outputs
    return replace(
        network,
        w2=np.concatenate([network.w2, np.zeros((hidden, missing), np.float32)], axis=1),
        b2=np.concatenate([network.b2, np.full(missing, _NO, np.float32)]),
    )


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
