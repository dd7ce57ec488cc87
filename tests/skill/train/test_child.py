"""Examples for the classifier of minors: several crops of each photo with a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from filters.age_features import WIDTH
from filters.bench import find_labelled_photos
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.train.child import CROPS, extract_examples
from weights.store import WeightStore


def test_a_photo_gives_crops_and_one_without_a_face_none(tmp_path: Path, built_weights: WeightStore) -> None:
    Image.new("RGB", (200, 200), "#a87").save(tmp_path / "20_0_wall.png")
    (tmp_path / "38_1_astronaut.png").write_bytes(astronaut())
    photos, runtime = find_labelled_photos(tmp_path), Runtime(built_weights.path)
    examples = extract_examples(photos, runtime)
    assert examples.features.shape == (CROPS, WIDTH)
    assert examples.ages.tolist() == [38] * CROPS
    assert examples.photos.tolist() == [1] * CROPS
    assert examples.damaged.tolist() == [False, True, True]
    assert not np.array_equal(examples.features[0], examples.features[1])
    assert np.array_equal(extract_examples(photos, runtime).features, examples.features)
