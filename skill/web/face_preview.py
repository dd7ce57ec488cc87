"""The faces of a photo of several people, as a picture to tap on."""

# ruff: noqa: PLC0415  (the models are opened when the first photo of several people comes)

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from skill.web.schemas import FacesView, FaceView

if TYPE_CHECKING:
    from pipeline.faces.finder import FaceFinder

_PICTURE_SIDE: Final = 960
"""Pixels of the picture's longer side: enough to know people by on a phone."""

FindFaces = Callable[[Path, int, int], FacesView]
"""(photo, long side in pixels, turn in degrees clockwise) → its faces. Blocks; raises PipelineError."""


class FacePreview:
    """Finds the faces of one photo at a time, in a thread.

    Args:
        find_faces: What finds them.
        long_side: Pixels of a clip's longer side.
    """

    def __init__(self, find_faces: FindFaces, long_side: int) -> None:
        self._find_faces = find_faces
        self._long_side = long_side
        self._one_at_a_time = asyncio.Semaphore(1)

    async def find(self, photo: Path, turn: int) -> FacesView:
        """The faces of a photo.

        Args:
            photo: The file.
            turn: Degrees clockwise, after the file's own orientation.

        Raises:
            PipelineError: It is no photo that can be read.
        """
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._find_faces, photo, self._long_side, turn)


class FaceLocator:
    """Finds the faces of photos; its models are opened with the first one. A `FindFaces`."""

    def __call__(self, photo: Path, long_side: int, turn: int = 0) -> FacesView:
        """Find the faces as a job of this `long_side` and `turn` does, so that the numbers are the same.

        Args:
            photo: The file.
            long_side: Pixels of the clip's longer side.
            turn: Degrees clockwise, after the file's own orientation.

        Raises:
            PipelineError: It is no photo that can be read.
        """
        from PIL import Image

        from pipeline.faces.selection import from_left
        from pipeline.photo.load import read_photo

        pixels = read_photo(photo, long_side=long_side, turn=turn)
        rows, columns = pixels.shape[:2]
        boxes = [[float(edge) for edge in face.box] for face in from_left(self._finder.find(pixels))]
        small = Image.fromarray(pixels)
        small.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
        file = BytesIO()
        small.save(file, format="JPEG", quality=82)
        views = [
            FaceView(
                number=number,
                left=left / columns,
                top=top / rows,
                width=(right - left) / columns,
                height=(bottom - top) / rows,
            )
            for number, (left, top, right, bottom) in enumerate(boxes, start=1)
        ]
        return FacesView(faces=views, picture=base64.b64encode(file.getvalue()).decode())

    @cached_property
    def _finder(self) -> FaceFinder:
        from pipeline.faces.finder import FaceFinder
        from pipeline.runtime import Runtime
        from weights.store import WeightStore

        return FaceFinder(Runtime(WeightStore().path))
