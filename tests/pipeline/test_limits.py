"""The limits are light to import, and the names in them are those that exist."""

from __future__ import annotations

import subprocess
import sys

from pipeline.limits import MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE, PRESETS
from pipeline.motion import presets


def test_they_bring_nothing_heavy() -> None:
    script = "import pipeline.limits, pipeline.errors, sys; print({'numpy', 'PIL', 'cv2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_motion_has_its_name() -> None:
    assert tuple(presets.PRESETS) == PRESETS


def test_a_square_photo_meets_the_pixels_before_the_side() -> None:
    assert MAX_PHOTO_SIDE**2 > MAX_PHOTO_PIXELS
