"""A portrait of a grown person whom the filter of minors, set to strict, takes for younger than she is."""

from __future__ import annotations

import cv2
import numpy as np

from skill.demo_portrait import astronaut


def retouched_portrait() -> bytes:
    """The astronaut with her skin smoothed, PNG."""
    photo = cv2.imdecode(np.frombuffer(astronaut(), np.uint8), cv2.IMREAD_COLOR)
    assert photo is not None
    for _ in range(4):
        photo = cv2.bilateralFilter(photo, 5, 40, 5)
    return cv2.imencode(".png", photo)[1].tobytes()
