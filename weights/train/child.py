"""Training of the classifier of minors, on features of the face pack's nets, and its ONNX file.

The features come from `python -m skill.train.child FOLDER`, which may look at faces; this package may not. The card
weights/train/child_card.md says what was fitted on what, and how well it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weights.convert.onnx_builder import OnnxBuilder, Port
from weights.train.mlp import Array, Network, Recipe, fit

# One output for each: is the person younger than this? The last output is the one that decides: a minor?
YOUNGER_THAN: Final = (6, 10, 12, 14, 16, 18, 21, 25, 30, 40, 55)
ADULT: Final = 18
# photos between these ages teach the deciding output little: at 18 nobody can see on which side a person is
UNSURE: Final = (18, 25)
UNSURE_WEIGHT: Final = 0.3
# without it damage itself is taken for a sign of youth: of damaged adults 25–34 45 % are refused instead of 40 %
DAMAGED_ADULT_WEIGHT: Final = 2.0
BANDS: Final = ((0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 24), (25, 34), (35, 49), (50, 120))


@dataclass(frozen=True, slots=True)
class Examples:
    """Features of n crops of faces, with what is known of each. ValueError: they are not of one length."""

    features: NDArray[np.floating]
    """The features, float (n, width)."""
    ages: NDArray[np.int64]
    """The true ages in years, (n,)."""
    photos: NDArray[np.int64]
    """The number of the photo that each crop is of, (n,)."""
    damaged: NDArray[np.bool_]
    """Whether the crop was damaged, (n,)."""

    def __post_init__(self) -> None:
        if not len(self.features) == len(self.ages) == len(self.photos) == len(self.damaged):
            raise ValueError("features, ages, photos and damaged must be of one length")

    def select(self, mask: NDArray[np.bool_]) -> Examples:
        """Those examples for which `mask` (n,) is true."""
        return Examples(self.features[mask], self.ages[mask], self.photos[mask], self.damaged[mask])


def train(examples: Examples, recipe: Recipe = Recipe(), seeds: tuple[int, ...] = (0, 1, 2)) -> Network:  # noqa: B008
    """Fit one network for each seed, and join them to one that answers their mean."""
    targets, weights = _targets(examples.ages, examples.damaged)
    return join_networks([fit(examples.features, targets, weights, recipe, seed) for seed in seeds])


def join_networks(networks: list[Network]) -> Network:
    """The network whose answer is the mean of the answers of `networks`, all of the same mean and scale."""
    return Network(
        networks[0].mean,
        networks[0].scale,
        np.concatenate([net.w1 for net in networks], axis=1),
        np.concatenate([net.b1 for net in networks]),
        (np.concatenate([net.w2 for net in networks]) / len(networks)).astype(np.float32),
        np.stack([net.b2 for net in networks]).mean(axis=0).astype(np.float32),
    )


def to_onnx(network: Network) -> bytes:
    """The network as an ONNX file: `features` (N, width) → `logits` (N, len(YOUNGER_THAN) + 1).

    The scaling of the features is folded into the weights.
    """
    builder = OnnxBuilder()
    w1 = network.w1 * network.scale[:, None]
    b1 = network.b1 - network.mean @ w1
    hidden = builder.op("Relu", [_add_dense(builder, "features", w1, b1)])
    logits = _add_dense(builder, hidden, network.w2, network.b2)
    ports = [(logits, Port("logits", ["N", network.w2.shape[1]]))]
    return builder.serialize([Port("features", ["N", len(network.mean)])], ports)


def find_thresholds(examples: Examples, refused: Mapping[str, float], *, count: int = 5) -> dict[str, float]:
    """The chance to be a minor, for each level, at which it refuses its share of undamaged adults from 25 on.

    Every example is judged by a network that never saw its photo. Each band of ages counts the same, whatever the
    training photos have most of.

    Args:
        examples: The training photos.
        refused: Level → the share of adults that it may refuse, 0..1.
        count: The number of folds, each with a network of its own.
    """
    chances, part = np.empty(len(examples.ages)), assign_folds(examples.photos, count)
    for number in range(count):
        network = train(examples.select(part != number))
        logits = network.logits(examples.features[part == number].astype(np.float32))
        chances[part == number] = 1 / (1 + np.exp(-logits[:, -1]))
    bands = [band for band in BANDS if band[0] >= UNSURE[1]]
    adults = [chances[(examples.ages >= low) & (examples.ages <= high) & ~examples.damaged] for low, high in bands]
    weights = np.concatenate([np.full(len(band), 1 / len(band)) for band in adults])
    order = np.argsort(-np.concatenate(adults))
    beyond = np.cumsum(weights[order]) / weights.sum()
    ranked = np.concatenate(adults)[order]
    last = len(ranked) - 1
    return {level: float(ranked[min(int(np.searchsorted(beyond, share)), last)]) for level, share in refused.items()}


def assign_folds(photos: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The fold of each example, 0..count-1, (n,); all crops of one photo are in the same."""
    return np.random.default_rng(5).integers(0, count, int(photos.max()) + 1)[photos]


def _targets(ages: NDArray[np.int64], damaged: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Targets and weights, both (n, outputs). Rare ages weigh more, by the root of how rare they are."""
    limits = np.array([*YOUNGER_THAN, ADULT])
    targets = (ages[:, None] < limits).astype(np.float32)
    weights = np.full_like(targets, 0.3)
    weights[:, -1] = np.where((ages >= UNSURE[0]) & (ages < UNSURE[1]), UNSURE_WEIGHT, 1.0)
    weights[damaged & (ages >= UNSURE[1]), -1] *= DAMAGED_ADULT_WEIGHT
    rare = np.ones(len(ages))
    for low, high in BANDS:
        inside = (ages >= low) & (ages <= high)
        rare[inside] = 1 / np.sqrt(max(1, int(inside.sum())))
    return targets, (weights * (rare / rare.mean())[:, None]).astype(np.float32)


def _add_dense(builder: OnnxBuilder, x: str, weight: Array, bias: Array) -> str:
    product = builder.op("MatMul", [x, builder.constant(weight)])
    return builder.op("Add", [product, builder.constant(bias)])
