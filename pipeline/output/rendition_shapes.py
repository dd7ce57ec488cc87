"""Shapes of the renditions of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.limits import MESSENGER_MEGABYTES

_MESSENGER_BYTES: Final = 1_000_000 * MESSENGER_MEGABYTES
"""Most bytes of a messenger's file."""
FACE_HEIGHT: Final = 0.42
"""Share of a crop's height at which the face's middle lies, where there is room: a little above the middle."""
_CLOSE_FACE_HEIGHT: Final = 0.45
"""The same where the face fills the crop, and the hair needs the room above."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """The shape of a rendition."""

    side: int
    """Most pixels of the longer side; nothing is enlarged."""
    aspect: float | None = None
    """Width by height of a crop around the person; None for the whole picture."""
    loops: int = 1
    """Number of times that the loop is played; 0 for one picture."""
    limit: int | None = None
    """Most bytes of the file; None for any."""
    face_share: float = 0.0
    """Least height of a face as a share of the crop's, as far as there are pixels for it; 0.0 for the largest crop."""
    lowest: int = 960
    """Pixels of the lowest crop around a small face."""
    middle: float = FACE_HEIGHT
    """Share of the crop's height at which the face's middle lies, where there is room."""


SHAPES: Final = MappingProxyType(
    {
        "messenger": Rendition(1280, loops=3, limit=_MESSENGER_BYTES),
        "messenger-square": Rendition(1080, 1.0, loops=3, limit=_MESSENGER_BYTES),
        "messenger-vertical": Rendition(1920, 9 / 16, loops=3, limit=_MESSENGER_BYTES),
        "person": Rendition(
            1280, 4 / 5, loops=3, limit=_MESSENGER_BYTES, face_share=0.46, lowest=180, middle=_CLOSE_FACE_HEIGHT
        ),
        "wallpaper": Rendition(2400, 9 / 19.5, loops=0, face_share=0.18),
        "wallpaper-clip": Rendition(1920, 9 / 19.5, face_share=0.18),
    }
)
"""The shape of each of pipeline.limits.RENDITIONS, by name."""
