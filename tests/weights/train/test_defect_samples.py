"""Samples of damaged surfaces: the truth says where a picture was changed."""

from __future__ import annotations

import cv2
import numpy as np

from weights.train.defect_samples import SIDE, add_damage, add_hairlines, draw_samples

FLAT = np.full((160, 200), 120, np.uint8)


def test_the_truth_is_where_the_picture_differs() -> None:
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(12):
        damaged, truth = add_damage(FLAT, rng)
        assert (np.abs(damaged.astype(int) - FLAT)[truth == 0] <= 10).all()
        shares.append(truth.mean())
    assert max(shares) > 0.01 and np.mean(shares) < 0.3


def test_a_batch_has_whole_pictures_too_and_is_the_same_for_a_seed() -> None:
    pictures, truths = draw_samples([FLAT], 12, np.random.default_rng(1))
    assert pictures.shape == truths.shape == (12, SIDE, SIDE)
    assert 0 < sum(not truth.any() for truth in truths) < 12
    again, _ = draw_samples([FLAT], 12, np.random.default_rng(1))
    assert (again == pictures).all()


def test_fine_cracks_are_thin_and_their_truth_is_where_the_picture_differs() -> None:
    rng = np.random.default_rng(0)
    cracked, truth = add_hairlines(FLAT, rng)
    while truth.mean() > 0.03 or not truth.any():  # with broad damage besides, or out of sight
        cracked, truth = add_hairlines(FLAT, rng)
    assert (np.abs(cracked.astype(int) - FLAT)[truth > 0] > 5).mean() > 0.9
    opened = cv2.morphologyEx(truth, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    assert opened.sum() < 0.3 * truth.sum()
    pictures, truths = draw_samples([FLAT], 6, np.random.default_rng(2), fine=1.0)
    assert pictures.shape == (6, SIDE, SIDE) and 0 < truths.mean() < 0.3
