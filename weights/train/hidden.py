"""Training of the net that tells covered heads, weights/hidden.onnx, on embeddings.

The embeddings come from `python -m skill.train.hidden FOLDER`, which may look at pictures; this package may not. The
card weights/train/hidden_card.md says what was fitted on what, and how well it does.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np

from weights.train.child import join_networks
from weights.train.mlp import Array, Network, Recipe, fit

OUTPUTS: Final = ("person", "masked")
RECIPE: Final = Recipe(hidden=32, epochs=25, batch=64, decay=5e-2, drop_in=0.3)
FOLDS: Final = 5


def train(features: Array, targets: Array, recipe: Recipe = RECIPE, seeds: tuple[int, ...] = (0, 1, 2)) -> Network:
    """Fit one network for each seed, and join them to one.

    Args:
        features: The embeddings, float (n, width).
        targets: For each of OUTPUTS 1, 0, or NaN where it is not known, (n, 2).
        recipe: The size of a network, and the settings of the fit.
        seeds: One for each network.
    """
    known = np.isfinite(targets)
    wanted = np.nan_to_num(targets).astype(np.float32)
    # yes and no of each output weigh the same in all
    yes = (wanted * known).sum(axis=0)
    shares = np.where(wanted > 0, 1 / np.maximum(1, yes), 1 / np.maximum(1, known.sum(axis=0) - yes)) * known
    weights = (shares * known.sum(axis=0) / 2).astype(np.float32)
    return join_networks([fit(features, wanted, weights, recipe, seed) for seed in seeds])


def judge_by_folds(features: Array, targets: Array, names: Sequence[str], recipe: Recipe = RECIPE) -> Array:
    """The logits of OUTPUTS, (n, 2), each by networks that never saw it: all looks at a picture have one fold."""
    fold = np.array([zlib.crc32(name.encode()) % FOLDS for name in names])
    logits = np.zeros((len(features), len(OUTPUTS)), np.float32)
    for number in range(FOLDS):
        inside = fold == number
        network = train(features[~inside], targets[~inside], recipe, (0, 1))
        logits[inside] = network.logits(features[inside].astype(np.float32))
    return logits
