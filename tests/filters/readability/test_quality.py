"""Figures of the quality grow with what they measure."""

from __future__ import annotations

import numpy as np
import pytest

from filters.readability.quality import read_quality
from pipeline.arrays import Pixels
from pipeline.faces.finder import Face
from tests.filters.readability.changes import blur


def test_figures_of_blur_grow_with_it(astronaut: Pixels, face: Face) -> None:
    softness = [read_quality(blur(s)(astronaut, face.landmarks), face).softness for s in (4.0, 8.0, 12.0, 20.0)]
    assert softness == sorted(softness)
    # sigma in shares of the face's longer side; skin is no sharp edge, so it reads a little more
    longer = float(max(np.ptp(face.landmarks[:, 0]), np.ptp(face.landmarks[:, 1])))
    assert 1 < softness[2] * longer / 12 < 2


def test_an_array_that_is_no_photo_is_refused(no_photo: Pixels, face: Face) -> None:
    with pytest.raises(ValueError, match="uint8"):
        read_quality(no_photo, face)
