"""A small network in numpy: standardised features, one hidden layer, several sigmoid outputs; Adam with dropout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The size of a network, and the settings with which it is fitted."""

    hidden: int = 96
    """The width of the hidden layer."""
    epochs: int = 10
    """The number of passes over all examples."""
    batch: int = 256
    """The number of examples in a step."""
    rate: float = 1.5e-3
    """The highest learning rate of Adam."""
    decay: float = 2e-2
    """The decoupled decay of the weights, in shares of the learning rate."""
    drop_in: float = 0.2
    """The dropout of the features, 0..1."""
    drop: float = 0.5
    """The dropout of the hidden layer, 0..1."""


@dataclass(frozen=True, slots=True)
class Network:
    """A fitted network: logits = relu(((x − mean) · scale) @ w1 + b1) @ w2 + b2, all float32."""

    mean: Array
    """The mean of the features, (features,)."""
    scale: Array
    """The inverse of their standard deviation, (features,)."""
    w1: Array
    """The weights of the hidden layer, (features, hidden)."""
    b1: Array
    """The bias of the hidden layer, (hidden,)."""
    w2: Array
    """The weights of the outputs, (hidden, outputs)."""
    b2: Array
    """The bias of the outputs, (outputs,)."""

    def logits(self, features: Array) -> Array:
        """The outputs before the sigmoid, (n, outputs), of features (n, features)."""
        hidden = np.maximum((features - self.mean) * self.scale @ self.w1 + self.b1, 0)
        return np.asarray(hidden @ self.w2 + self.b2, np.float32)


def fit(
    features: Array, targets: Array, weights: Array, recipe: Recipe, seed: int, start: Network | None = None
) -> Network:
    """Fit a network: minimise the weighted cross entropy of its outputs.

    The same seed gives the same network on the same machine; another BLAS may differ in the last digits.

    Args:
        features: Float (n, d); float16 will do.
        targets: The outputs that are wanted, (n, outputs), 0..1.
        weights: The weight of each of them in the loss, (n, outputs), ≥ 0.
        recipe: The size of the network, and the settings of the fit.
        seed: Of the first weights, the order of the examples and the dropout.
        start: The network to go on from, see `weights.train.tuning`; None begins with random weights.
    """
    rng = np.random.default_rng(seed)
    begin = start or _random_network(rng, features, recipe.hidden, targets.shape[1])
    mean, scale = begin.mean, begin.scale
    parameters = [one.copy() for one in (begin.w1, begin.b1, begin.w2, begin.b2)]
    adam = _Adam(parameters, recipe.decay)
    steps, step = recipe.epochs * -(-len(features) // recipe.batch), 0
    for _ in range(recipe.epochs):
        order = rng.permutation(len(features))
        for first in range(0, len(order), recipe.batch):
            chosen = np.sort(order[first : first + recipe.batch])
            x = (features[chosen].astype(np.float32) - mean) * scale
            x *= (rng.random(x.shape, np.float32) >= recipe.drop_in) / np.float32(1 - recipe.drop_in)
            rate = recipe.rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * step / steps))
            adam.step(_gradients(parameters, x, targets[chosen], weights[chosen], recipe.drop, rng), float(rate))
            step += 1
    return Network(mean, scale, *parameters)


def _random_network(rng: np.random.Generator, features: Array, hidden: int, outputs: int) -> Network:
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1 / (features.std(axis=0, dtype=np.float64) + 1e-3)).astype(np.float32)
    w1, b1 = _random_weights(rng, features.shape[1], hidden), np.zeros(hidden, np.float32)
    return Network(mean, scale, w1, b1, _random_weights(rng, hidden, outputs), np.zeros(outputs, np.float32))


def _random_weights(rng: np.random.Generator, ins: int, outs: int) -> Array:
    return rng.standard_normal((ins, outs), np.float32) * np.float32(np.sqrt(2 / ins))


def _gradients(
    parameters: list[Array], x: Array, targets: Array, weights: Array, drop: float, rng: np.random.Generator
) -> list[Array]:
    w1, b1, w2, b2 = parameters
    before = x @ w1 + b1
    active = (before > 0) * (rng.random(before.shape, np.float32) >= drop) / np.float32(1 - drop)
    hidden = before * active
    out = 1 / (1 + np.exp(-np.clip(hidden @ w2 + b2, -30, 30)))
    error = (out - targets) * weights / np.float32(len(x))
    back = (error @ w2.T) * active
    return [x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


class _Adam:
    """Adam with decoupled weight decay; changes the arrays that it was given."""

    def __init__(self, parameters: list[Array], decay: float) -> None:
        self._parameters, self._decay, self._count = parameters, decay, 0
        self._first = [np.zeros_like(parameter) for parameter in parameters]
        self._second = [np.zeros_like(parameter) for parameter in parameters]

    def step(self, gradients: list[Array], rate: float) -> None:
        self._count += 1
        fix1, fix2 = 1 - 0.9**self._count, 1 - 0.999**self._count
        for parameter, gradient, first, second in zip(
            self._parameters, gradients, self._first, self._second, strict=True
        ):
            first[...] += (gradient - first) * np.float32(0.1)
            second[...] += (gradient**2 - second) * np.float32(0.001)
            if parameter.ndim == 2:
                parameter[...] *= np.float32(1 - rate * self._decay)
            parameter[...] -= np.float32(rate / fix1) * first / (np.sqrt(second / np.float32(fix2)) + np.float32(1e-8))
