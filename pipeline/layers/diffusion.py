"""Diffusion: what is unknown of a picture takes the colours around it, from coarse to fine."""

from __future__ import annotations

import numpy as np

from pipeline.arrays import Float
from pipeline.image_ops import gaussian, resize, single


def diffuse(image: Float, known: Float) -> Float:
    """Pull-push fill (Gortler et al. 1996).

    Args:
        image: float32 H×W×C.
        known: float32 H×W, 0..1; the image is filled where it is 0.

    Returns:
        float32 H×W×C.
    """
    height, width = known.shape
    if min(height, width) <= 4:
        mean = (image * known[..., None]).sum((0, 1)) / max(float(known.sum()), 1e-6)
        return np.broadcast_to(mean, image.shape).astype(np.float32)
    half = ((height + 1) // 2, (width + 1) // 2)
    weight = resize(gaussian(known, 1.0), half)
    total = resize(gaussian(image * known[..., None], 1.0), half).reshape(*half, -1)
    filled = diffuse(single(total / np.maximum(weight, 1e-6)[..., None]), np.clip(weight * 1.5, 0.0, 1.0))
    grown = resize(filled, (height, width)).reshape(image.shape)
    return np.asarray(image * known[..., None] + grown * (1.0 - known[..., None]), np.float32)
