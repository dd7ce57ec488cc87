"""What is said of a photo beside its previews: the restorations that can be wished of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.gate import admit_everyone
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from skill.web.preview_renderer import PreviewOrder, render_previews
from tests.small_portrait import small_portrait
from weights.convert import build_weights
from weights.store import WeightStore
from weights.train import damage


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    """With the net that enlarges."""
    build_weights(built_weights, extras=("enhance",))
    return Runtime(built_weights.path)


def offered(tmp_path: Path, runtime: Runtime, photo: bytes) -> list[str]:
    """The restorations that the page offers of a photo."""
    file = tmp_path / "photo"
    file.write_bytes(photo)
    lines: list[Any] = []
    assert render_previews(PreviewOrder(file, 0, ()), lines.append, runtime, admit_everyone) == {"made": 0}
    (line,) = (one for one in lines if isinstance(one, dict))
    return list(line["restore"])


def grey(photo: bytes) -> bytes:
    picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".png", damage.to_grayscale(np.asarray(picture, np.uint8)))[1].tobytes()


def test_a_small_face_may_be_enlarged_and_a_grey_photo_coloured(tmp_path: Path, runtime: Runtime) -> None:
    assert offered(tmp_path, runtime, small_portrait()) == ["enlarge"]
    assert offered(tmp_path, runtime, grey(small_portrait())) == ["colour", "enlarge"]


def test_a_large_photo_is_not_offered_to_be_enlarged(tmp_path: Path, runtime: Runtime) -> None:
    """The page has sent it made smaller: whether its faces are small can't be told."""
    assert offered(tmp_path, runtime, astronaut((1280, 1280))) == []
