"""Weights of the parts that look like damage: `python -m skill.train.defect_parts FOLDER…` prints them.

What the net takes for damage is judged part by part (`pipeline.restore.defects`) by a logistic regression. It is fitted
on whole photos of people and on the same photos with damage drawn over them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.restore.defects import find_parts
from pipeline.runtime import Runtime
from weights.train.defect_samples import add_damage
from weights.train.defects import TARGET

Double = NDArray[np.float64]

SIDES: Final = (1024, 640, 320)
"""Pixels of the longer side at which each photo is looked at, where it has them."""
_SMOOTH: Final = 1e-4  # weight of the squares of the weights
_STEPS: Final = 30
_LEAST: Final = 6  # pixels of a part


def measure(folders: list[Path]) -> Iterator[tuple[Double, Double]]:
    """The measures of each part, (parts, 8), the area first, and the share of it that is damage, for each picture."""
    runtime = Runtime(lambda _: TARGET)
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".png"})
    for number, path in enumerate(paths):
        whole = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        for side in SIDES:
            if whole is None or side > max(whole.shape):
                continue
            share = side / max(whole.shape)
            grey = np.asarray(cv2.resize(whole, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
            hurt, truth = add_damage(grey, np.random.default_rng(number))
            for picture, damage in ((grey, np.zeros_like(truth)), (hurt, cv2.dilate(truth, np.ones((3, 3))))):
                parts = find_parts(picture.astype(np.float32), runtime)
                total = np.bincount(parts.labels.ravel(), np.asarray(damage).ravel(), minlength=len(parts.areas))
                kept = np.flatnonzero(parts.areas >= _LEAST)
                kept = kept[kept > 0]
                yield np.column_stack([parts.areas, parts.met])[kept], (total / parts.areas)[kept]


def fit(met: Double, truth: Double) -> tuple[Double, float]:
    """The weights and the bias of a logistic regression by Newton's steps; a part counts by the root of its area."""
    mean, spread = met[:, 1:].mean(axis=0), met[:, 1:].std(axis=0)
    design = np.column_stack([np.ones(len(met)), (met[:, 1:] - mean) / spread])
    count = np.sqrt(met[:, 0]) / np.sqrt(met[:, 0]).sum()
    smooth = 2 * _SMOOTH * np.diag([0.0, *np.ones(design.shape[1] - 1)])
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (count * (chance - truth)) + smooth @ weights
        curve = (design * (count * chance * (1 - chance))[:, None]).T @ design + smooth
        weights -= np.linalg.solve(curve, slope)
    raw = weights[1:] / spread
    return raw, float(weights[0] - raw @ mean)


def main(folders: list[Path]) -> None:
    """Measure the photos of the folders, and print the weights."""
    parts = list(measure(folders))
    weights, bias = fit(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    print(np.round(weights, 3).tolist(), round(bias, 3))  # noqa: T201


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]])
