"""The features of an age: nets that see many crops at once answer as one by one."""

from __future__ import annotations

import numpy as np
import pytest

from filters.age_features import WIDTH, AgeCrop, extract_age_features, read_age_features
from filters.face_features import MARGIN, FaceFeatures
from pipeline.faces.finder import Face, FaceFinder
from pipeline.photo.load import read_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path, providers=["CPUExecutionProvider"], threads=2)


def test_all_crops_at_once_are_as_one_by_one(runtime: Runtime) -> None:
    pixels = read_photo(astronaut())
    face: Face = FaceFinder(runtime).find(pixels)[0]
    crops = [AgeCrop(pixels, face, margin, mirrored) for margin in (0.0, 0.1) for mirrored in (False, True)]
    together = extract_age_features(runtime, crops)
    assert together.vectors.shape == (4, WIDTH)
    alone = extract_age_features(runtime, crops[2:3])
    assert np.allclose(together.vectors[2], alone.vectors[0], atol=1e-3)
    assert np.allclose(together.ages[2], alone.ages[0], atol=1e-2)
    assert (together.ages > 18).all()
    known = read_age_features(FaceFeatures(pixels, face, runtime), mirrored=True)
    same = extract_age_features(runtime, [AgeCrop(pixels, face, MARGIN, mirrored=True)])
    assert np.allclose(known.vectors, same.vectors, atol=1e-3)
