"""Diffusion: the known stays, and the unknown lies between what is around it."""

from __future__ import annotations

import numpy as np

from pipeline.layers.diffusion import diffuse


def test_the_known_stays_and_the_rest_lies_between_it() -> None:
    image = np.zeros((64, 64, 3), np.float32)
    image[:, :16], image[:, 48:] = 10, 50
    known = np.ones((64, 64), np.float32)
    known[:, 16:48] = 0
    filled = diffuse(image, known)
    np.testing.assert_array_equal(filled[:, :16], 10)
    np.testing.assert_array_equal(filled[:, 48:], 50)
    assert filled.min() >= 10 - 1e-3
    assert filled.max() <= 50 + 1e-3
    assert filled[32, 20, 0] < 30 < filled[32, 44, 0]


def test_no_side_is_preferred() -> None:
    image = np.zeros((64, 64, 3), np.float32)
    image[:, :16], image[:, 48:] = 10, 50
    known = np.ones((64, 64), np.float32)
    known[:, 16:48] = 0
    np.testing.assert_allclose(diffuse(image, known)[8:-8, 31:33].mean(), 30, atol=2)
