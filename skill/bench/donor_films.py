"""Donors of the bench: a film that our own animator makes of a photo, and real ones, read as any film is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pipeline.limits import PRESETS
from pipeline.motion.curves import Motion
from pipeline.output.encode import encode
from pipeline.run import Prepared
from pipeline.runtime import Runtime
from skill.donor_video import read_donor

OWN: Final = "own-film"
"""Name of the motion that is read from our own film."""
_GESTURES: Final = ("turn:left", "smile", "nod", "wink:right", "surprise")
_SECONDS: Final = 5.0
_FPS: Final = 25


def read_donors(prepared: Prepared, films: Sequence[Path], runtime: Runtime) -> Iterator[tuple[str, Motion]]:
    """The loops of donors, by names that a motion may have.

    Args:
        prepared: The photo of which our own film is made.
        films: Further films.
        runtime: Has the models of faces.

    Raises:
        MotionError: A film can't be read as a video of a face, or is too short.
    """
    with TemporaryDirectory(prefix="film-") as folder:
        yield OWN, read_donor(film_gestures(prepared, Path(folder) / OWN), OWN, runtime)
    for number, film in enumerate(films, start=1):
        name = f"{number}-{re.sub('[^a-z0-9]+', '-', film.stem.lower()).strip('-')}"[:40].rstrip("-")
        yield name, read_donor(film, name, runtime)


def film_gestures(prepared: Prepared, out: Path) -> Path:
    """Write a film of a photo that makes gestures, and return it."""
    wish = replace(prepared.wish, motion=PRESETS[0], gestures=_GESTURES, seconds=_SECONDS, fps=_FPS)
    return encode(prepared.draw(wish), out, fps=_FPS, formats=("mp4",)).files["mp4"]
