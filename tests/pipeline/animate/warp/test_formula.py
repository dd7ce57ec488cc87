"""The names of the graph's rows are those of the values that fill them, and the module stays light."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

from pipeline.animate.warp import formula
from pipeline.animate.warp.eyes.contour import Contour
from pipeline.animate.warp.eyes.lid_images import LidImages
from pipeline.animate.warp.face_maps import WarpMaps
from pipeline.motion.channels import CHANNELS, FOLLOWERS


def test_the_names_are_those_of_channels_and_fields() -> None:
    assert set(formula.EXPRESSIONS) | set(formula.SHADES) <= set(CHANNELS)
    assert set(formula.DISPLACEMENTS) <= set(CHANNELS) | set(FOLLOWERS)
    curves = {field.name for field in fields(Contour)}
    assert set(formula.LID_CURVES) <= curves
    pictures = {field.name for field in fields(LidImages)}
    assert {name for name, _ in formula.EYE_IMAGES} == pictures


def test_the_pictures_have_the_declared_channels(maps: WarpMaps) -> None:
    for eye in maps.eyes:
        assert eye is not None
        for name, channels in formula.EYE_IMAGES:
            shape = getattr(eye.images, name).shape
            assert (shape[2] if len(shape) == 3 else 1) == channels


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, pipeline.animate.warp.formula, pipeline.motion.channels;"
        "sys.exit(bool({'numpy', 'cv2', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
