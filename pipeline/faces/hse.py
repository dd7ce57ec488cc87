"""HSE's net on level faces: an embedding that holds more than who somebody is, ages and a gender."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.arrays import Float
from pipeline.runtime import Runtime, only_input

HSE_SIDE: Final = 224  # pixels of the chip
EMBEDDING_OUTPUT: Final = "global_pooling_Mean_o"  # the output of 1,024 numbers
_MEAN = np.array([103.939, 116.779, 123.68], np.float32)  # BGR, as its authors trained it


def run_hse(runtime: Runtime, chips: NDArray[np.uint8]) -> dict[str, Float]:
    """The answers of HSE's net on level chips (uint8 n×224×224×3, RGB): embedding, ages and gender, (n, …) each."""
    return run_net(runtime, "face_age_embedding", chips[..., ::-1].astype(np.float32) - _MEAN)


def run_net(runtime: Runtime, model: str, batch: NDArray[np.uint8] | Float) -> dict[str, Float]:
    """The outputs of a model of one input on a batch, which becomes float32."""
    return runtime.run(model, {only_input(runtime.session(model)): np.ascontiguousarray(batch, np.float32)})
