"""A small network in numpy: standardised features, one hidden layer, several sigmoid outputs; Adam with dropout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fitted. `drop_in`, `drop`: dropout of features and of the hidden layer."""

    hidden: int = 96
    epochs: int = 10
    batch: int = 256
    rate: float = 1.5e-3
    decay: float = 2e-2
    drop_in: float = 0.2
    drop: float = 0.5


@dataclass(frozen=True, slots=True)
class Network:
    """logits = relu(((x − mean) · scale) @ w1 + b1) @ w2 + b2; all float32, `w1` (features, hidden)."""

    mean: Array
    scale: Array
    w1: Array
    b1: Array
    w2: Array
    b2: Array

    def logits(self, features: Array) -> Array:
        """(n, features) → (n, outputs)."""
        hidden = np.maximum((features - self.mean) * self.scale @ self.w1 + self.b1, 0)
        return np.asarray(hidden @ self.w2 + self.b2, np.float32)


def fit(features: Array, goals: Array, weights: Array, recipe: Recipe, seed: int) -> Network:
    """Minimise the weighted cross entropy of `goals` (n, outputs; 0..1).

    `features` float (n, d), may be float16; `weights` (n, outputs) ≥ 0. The same seed gives the same network on
    the same machine; another BLAS may differ in the last digits.
    """
    rng = np.random.default_rng(seed)
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    scale = (1 / (features.std(axis=0, dtype=np.float64) + 1e-3)).astype(np.float32)
    parts = [
        _drawn(rng, features.shape[1], recipe.hidden),
        np.zeros(recipe.hidden, np.float32),
        _drawn(rng, recipe.hidden, goals.shape[1]),
        np.zeros(goals.shape[1], np.float32),
    ]
    adam = _Adam(parts, recipe.decay)
    steps, step = recipe.epochs * -(-len(features) // recipe.batch), 0
    for _ in range(recipe.epochs):
        order = rng.permutation(len(features))
        for start in range(0, len(order), recipe.batch):
            chosen = np.sort(order[start : start + recipe.batch])
            x = (features[chosen].astype(np.float32) - mean) * scale
            x *= (rng.random(x.shape, np.float32) >= recipe.drop_in) / np.float32(1 - recipe.drop_in)
            rate = recipe.rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * step / steps))
            adam.step(_gradients(parts, x, goals[chosen], weights[chosen], recipe.drop, rng), float(rate))
            step += 1
    return Network(mean, scale, *parts)


def _drawn(rng: np.random.Generator, ins: int, outs: int) -> Array:
    return rng.standard_normal((ins, outs), np.float32) * np.float32(np.sqrt(2 / ins))


def _gradients(
    parts: list[Array], x: Array, goals: Array, weights: Array, drop: float, rng: np.random.Generator
) -> list[Array]:
    w1, b1, w2, b2 = parts
    before = x @ w1 + b1
    kept = (before > 0) * (rng.random(before.shape, np.float32) >= drop) / np.float32(1 - drop)
    hidden = before * kept
    out = 1 / (1 + np.exp(-np.clip(hidden @ w2 + b2, -30, 30)))
    error = (out - goals) * weights / np.float32(len(x))
    back = (error @ w2.T) * kept
    return [x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


class _Adam:
    """Adam with decoupled weight decay; changes the arrays that it was given."""

    def __init__(self, parts: list[Array], decay: float) -> None:
        self._parts, self._decay, self._count = parts, decay, 0
        self._first = [np.zeros_like(part) for part in parts]
        self._second = [np.zeros_like(part) for part in parts]

    def step(self, gradients: list[Array], rate: float) -> None:
        self._count += 1
        fix1, fix2 = 1 - 0.9**self._count, 1 - 0.999**self._count
        for part, gradient, first, second in zip(self._parts, gradients, self._first, self._second, strict=True):
            first[...] += (gradient - first) * np.float32(0.1)
            second[...] += (gradient**2 - second) * np.float32(0.001)
            if part.ndim == 2:
                part[...] *= np.float32(1 - rate * self._decay)
            part[...] -= np.float32(rate / fix1) * first / (np.sqrt(second / np.float32(fix2)) + np.float32(1e-8))
