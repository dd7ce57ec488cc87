"""The photos with which clips are measured, all made of the demo portrait, and the ratios that they may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from PIL import Image

from skill.demo_portrait import MEASURED_SIZE, astronaut

_CLOSE: Final = (151, 40, 311, 240)  # left, top, right, bottom of the head in the portrait of 512×512


@dataclass(frozen=True, slots=True)
class MeasuredPhoto:
    """A photo of the benchmark, and what its clip may cost."""

    description: str
    """What is on it, in a few words."""
    face: str
    """The faces that move, as in a `Wish`."""
    limit: float
    """The ratio of the whole clip to encoding alone, see `ClipCost.ratio`, that was measured last."""


MEASURED: Final[Mapping[str, MeasuredPhoto]] = MappingProxyType(
    {
        "small": MeasuredPhoto("a small face in 1280×960 pixels", "largest", 6.9),
        "close": MeasuredPhoto("a close portrait of 960×1200 pixels", "largest", 7.5),
        "large": MeasuredPhoto("a close portrait of 12.8 megapixels", "largest", 9.0),
        "group": MeasuredPhoto("two people in 1280×600 pixels, who both move", "all", 9.0),
    }
)
"""Name of the photo → photo; `ozhivi bench ratios` compares with the limits."""

SLACK: Final = 1.15
"""A ratio may be so many times its limit: runs on a busy machine differ by a tenth."""


def build_photo(name: str) -> bytes:
    """Build the photo of this name of MEASURED, as a file.

    Raises:
        NoPortraitError: The demo portrait is not installed.
    """
    if name == "small":
        return astronaut(MEASURED_SIZE)
    portrait = Image.open(BytesIO(astronaut()))
    if name == "group":
        person = portrait.crop((64, 0, 384, 300)).resize((640, 600), Image.Resampling.LANCZOS)
        picture = Image.new("RGB", (1280, 600))
        picture.paste(person.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (0, 0))
        picture.paste(person, (640, 0))
        return _save(picture)
    size = {"close": (960, 1200), "large": (3200, 4000)}[name]
    return _save(portrait.crop(_CLOSE).resize(size, Image.Resampling.LANCZOS))


def _save(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=95)
    return file.getvalue()
