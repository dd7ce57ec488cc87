"""A still: what was done stands in its head, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.output import provenance
from pipeline.output.still import write_still

NOISE = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", ["still.jpg", "still.png"])
def test_it_says_what_was_restored(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    write_still(NOISE, file, ("tone",))
    with Image.open(file) as picture:
        assert np.abs(np.asarray(picture.convert("RGB"), int) - NOISE).mean() < (20 if name.endswith("jpg") else 0.1)
        comment = provenance.describe_restoration(("tone",)).encode()
        assert comment in picture.info["exif"] and comment in file.read_bytes()
        assert provenance.ENHANCED_TYPE.encode() in file.read_bytes()


@pytest.mark.parametrize("name", ["before.jpg", "before.png"])
def test_a_photo_as_it_came_bears_no_mark(tmp_path: Path, name: str) -> None:
    write_still(NOISE, tmp_path / name, ())
    with Image.open(tmp_path / name) as picture:
        assert not {"exif", "xmp", "comment", "Comment"} & picture.info.keys()
