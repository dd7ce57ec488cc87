"""Runs a graph that a test has built."""

from __future__ import annotations

import numpy as np
import onnxruntime
from numpy.typing import NDArray


def run_graph(model: bytes, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Its outputs in order."""
    return list(onnxruntime.InferenceSession(model).run(None, inputs))
