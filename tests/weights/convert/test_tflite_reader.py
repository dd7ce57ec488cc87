"""Block-sparse constants of TFLite become dense."""

from __future__ import annotations

import numpy as np

from weights.convert.tflite_reader import Level, expand_sparse

DENSE = np.array([[1, 0, 2, 3], [0, 4, 0, 0], [0, 0, 5, 0], [0, 0, 0, 6]], np.float32)


def test_sparse_rows_are_expanded() -> None:
    rows = Level(segments=np.array([0, 3, 4, 5, 6]), indices=np.array([0, 2, 3, 1, 2, 3]))
    values = np.arange(1, 7, dtype=np.float32)
    dense = expand_sparse(values, [4, 4], [0, 1], [], [Level(size=4), rows])
    np.testing.assert_array_equal(dense, DENSE)


def test_sparse_blocks_are_expanded() -> None:
    blocks = Level(segments=np.array([0, 2, 3]), indices=np.array([0, 1, 1]))
    values = np.array([1, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6], np.float32)
    levels = [Level(size=2), blocks, Level(size=2), Level(size=2)]
    np.testing.assert_array_equal(expand_sparse(values, [4, 4], [0, 1, 2, 3], [0, 1], levels), DENSE)
