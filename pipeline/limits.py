"""Limits of a photo and of a wish, and the names that a wish may use.

Light on purpose: the command line and the web forms check a wish against them before numpy or Pillow is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MAX_PHOTO_BYTES: Final = 40 * 2**20
"""Bytes of a photo's file."""
MAX_PHOTO_PIXELS: Final = 250_000_000
"""Width × height of a photo in a format that can be decoded at a reduced scale: JPEG, most PNG and TIFF, and PDF with a
JPEG in it."""
MAX_WHOLE_PIXELS: Final = 50_000_000
"""Width × height of any other photo, which is decoded as a whole."""
MAX_PHOTO_SIDE: Final = 65_535
"""Pixels of a photo's longer side: a picture of 1×50,000,000 would cost 400 MB in row pointers alone."""

TURNS: Final = (0, 90, 180, 270)
"""Degrees clockwise by which a photo may be turned before anything else."""

FACE_CHOICES: Final = ("auto", "largest", "left", "middle", "right", "all")
"""Words for the faces of a photo; instead of them a place, see FACE_PATTERN."""
FROM_RIGHT: Final = "right-"
"""Before a number that is counted from 1 at the picture's right; without it, at its left."""
PLACE_PATTERN: Final = f"({FROM_RIGHT})?[1-9][0-9]?"
"""Pattern of a face's place, counted from 1: "2", "right-2"."""
FACE_PATTERN: Final = f"^({'|'.join(FACE_CHOICES)}|{PLACE_PATTERN}(,{PLACE_PATTERN}){{0,49}})$"
"""Pattern of all names of faces: a word, "2" for the second from the left, "right-2" for the second from the right, or
several places, separated by commas."""
MAX_ANIMATED_FACES: Final = 16
"""Faces that "all" and several places mean at most, the largest ones. In a clip of 6 s, on two busy cores, a face of
150 pixels costs 3 s of rendering, one of 390 pixels 7 s: 16 stay below two minutes, where a crowd of 100 took longer
than a render may."""

PRESETS: Final = (
    "nostalgia", "idle", "gaze", "warmth", "laughter", "greeting", "agreement", "disagreement", "blown-kiss", "wonder",
    "thought", "tenderness", "pride", "sympathy", "mischief", "doze",
)  # fmt: skip
"""Names of the motions that are composed, those of `pipeline.motion.presets`."""

AUTO: Final = "auto"
"""In a motion's place: the photo's own expression chooses one of PRESETS, see `pipeline.motion.mood`."""

MOODS: Final[Mapping[str, str]] = MappingProxyType(
    {"turned": "gaze", "smiling": "warmth", "stern": "gaze", "monochrome": "gaze", "": "nostalgia"}
)
"""What can be told of a photo, empty for nothing → the one of PRESETS that AUTO chooses for it."""

CAMERAS: Final = ("still", "push", "drift")
"""Ways of the camera, those of `pipeline.camera.path`: it stands, comes slowly nearer and goes back, or goes past to
both sides."""

FRAME_RATES: Final = (25, 30)
"""Frames a second of a clip."""
DEFAULT_SECONDS: Final = 4.0
"""Seconds of a loop where no length is asked for and the gestures need no more."""
MIN_SECONDS: Final = 2.0
"""Seconds of the shortest loop."""
MAX_SECONDS: Final = 6.0
"""Seconds of the longest loop."""

DEFAULT_LONG_SIDE: Final = 2560
"""Pixels of a clip's longer side where no size is asked for; a smaller photo is not enlarged."""
MIN_LONG_SIDE: Final = 64
"""Pixels of the smallest longer side that may be asked for."""
MAX_LONG_SIDE: Final = 8192
"""Pixels of the largest longer side that may be asked for."""

FORMATS: Final = ("mp4", "gif", "webp", "jpg")
"""File formats of a clip; "jpg" is a poster, one frame of it."""

RESTORE_OFF: Final = "off"
"""The wish that a photo is animated as it is."""
RESTORE_AUTO: Final = "auto"
"""The wish that what is damaged is restored, and nothing else."""
RESTORE_REPAIR: Final = "repair"
"""The part that fills scratches and cracks."""
RESTORE_COLOUR: Final = "colour"
"""The part that guesses colours; it is never done unasked."""
RESTORE_ENLARGE: Final = "enlarge"
"""The part that enlarges a photo of small faces; its net is an extra, and it is never done unasked."""
RESTORE_PARTS: Final = (RESTORE_REPAIR, "denoise", "tone", RESTORE_COLOUR, RESTORE_ENLARGE)
"""Parts of a restoration that may be asked for, in the order in which they are done: scratches, cracks, folds and dust
are filled, grain is made calmer, faded tones are spread, a photo without colour is coloured, one with small faces is
enlarged."""
STILLS: Final[Mapping[str, str]] = MappingProxyType({"still": "jpg", "before": "jpg"})
"""Files beside the clip of a photo that was restored → the file format of each: the restored photo, and the photo as it
came."""
STILL_FORMATS: Final = ("jpg", "jpeg", "png")
"""Endings of a still's file."""

LABEL_TEXT: Final = "оживлено"
"""Word in a corner of a clip, unless the operator chooses another."""
LABEL_PLACES: Final = ("auto", "top-left", "top-right", "bottom-left", "bottom-right")
"""Corners for it; "auto" is the calmer one at the top that is clear of faces, else one at the bottom."""

RENDITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "messenger": "mp4",
        "messenger-square": "mp4",
        "messenger-vertical": "mp4",
        "person": "mp4",
        "wallpaper": "jpg",
        "wallpaper-clip": "mp4",
    }
)
"""Renditions of a finished clip (`pipeline.output.rendition`) → the file format of each."""

MESSENGER_MEGABYTES: Final = 16
"""Most megabytes, of a million bytes, of a rendition for messengers: what WhatsApp takes as a video."""


def is_face_choice(text: str) -> bool:
    """Whether a wish may name a face by `text`."""
    return re.fullmatch(FACE_PATTERN, text) is not None
