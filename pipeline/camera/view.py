"""The frames of a clip as a moving camera sees them: people nearer than the wall, and nothing torn between them.

At nearness w (1 on people, less on the wall) a pixel p shows the frame at p - nearer·w·(p - c) + aside·(w - turn): one
smooth warp of whole frames, in which w falls from people to wall over a band. So it is the same for every animator and
every renderer, and a hair that the matte has missed bends where two layers would cut it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import cv2
import numpy as np

from pipeline.arrays import Double, Float, Pixels
from pipeline.camera.path import CameraPlace, place_camera
from pipeline.faces.finder import Face, cheek_width
from pipeline.faces.mesh_topology import OVAL
from pipeline.image_ops import gaussian, polygon_mask, remap, resize, sample, single, smoothstep
from pipeline.layers.matte import person_mask
from pipeline.runtime import Runtime

_WALL: Final = 0.5  # nearness of the wall: it is twice as far away as people are
_TURN: Final = 0.6  # share of a way aside by which the camera turns back to people: they go aside a little
_STEP: Final = 4  # pixels a cell of the grid on which the warp is computed
_RIGID: Final = 0.12  # face widths around people that go with them: hair, and where a head turns to
_BAND: Final = 0.8  # face widths over which nearness falls to the wall's; a narrower one bends the wall's lines
_LEAST_BAND: Final = 0.05  # picture widths, for small faces
_STEPS: Final = 3  # of the way back from a pixel to its source: the rest is below 0.01 px


class CameraView:
    """The view of a camera on a photo whose faces move. May be shared by threads.

    Args:
        runtime: Has the model person_segmentation.
        pixels: The photo, uint8 H×W×3.
        faces: The faces that move, at least one.
        everyone: All faces of the photo.
    """

    def __init__(self, runtime: Runtime, pixels: Pixels, faces: tuple[Face, ...], everyone: tuple[Face, ...]) -> None:
        self._size = (pixels.shape[0], pixels.shape[1])
        self._nearness = measure_nearness(person_mask(runtime, pixels), everyone)
        self._centre = _find_centre(faces, self._size)
        rows, columns = self._nearness.shape
        y, x = np.mgrid[:rows, :columns].astype(np.float32)
        self._grid = np.stack([x, y], -1) * np.float32(_STEP) + np.float32(0.5 * (_STEP - 1))
        y, x = np.mgrid[: self._size[0], : self._size[1]].astype(np.float32)
        self._pixels = np.stack([x, y], -1)

    def film(self, frames: Iterable[Pixels], name: str, count: int) -> Iterator[Pixels]:
        """Look at the frames of a whole loop.

        Args:
            frames: uint8 H×W×3 each.
            name: The camera's way, one of `pipeline.limits.CAMERAS`.
            count: The number of frames.

        Returns:
            As many frames of the same size; the first is the one that came.
        """
        for index, frame in enumerate(frames):
            yield self.see(frame, place_camera(name, index, count))

    def see(self, frame: Pixels, place: CameraPlace) -> Pixels:
        """One frame, uint8 H×W×3, from where the camera stands."""
        if not place.moved:
            return frame
        back = self._displace(place)
        height, width = self._size
        fine = cv2.resize(back, (back.shape[1] * _STEP, back.shape[0] * _STEP), interpolation=cv2.INTER_LINEAR)
        return remap(frame, self._pixels + single(fine[:height, :width]), cv2.INTER_CUBIC)

    def _displace(self, place: CameraPlace) -> Float:
        """The way from each cell to its source, float32 (h, w, 2) in pixels."""
        width = self._size[1]
        room = 2.0 * min(self._centre[0], width - self._centre[0]) / width
        aside = np.float32(place.aside * room * width)
        away = self._grid - single(self._centre)
        back = np.zeros_like(self._grid)
        for _ in range(_STEPS):
            cells = (self._grid + back + np.float32(0.5)) / np.float32(_STEP) - np.float32(0.5)
            near = sample(self._nearness, cells[..., 0], cells[..., 1])
            back = -np.float32(place.nearer) * near[..., None] * away
            back[..., 0] += aside * (near - np.float32(_TURN))
        return single(back)


def measure_nearness(mask: Float, faces: tuple[Face, ...]) -> Float:
    """The nearness of each cell of 4×4 pixels: 1 on people, less on the wall, smooth between.

    Args:
        mask: Where people are, float32 (H, W), 0..1.
        faces: All faces of the photo, at least one; they are people, whatever the mask says.

    Returns:
        float32 (h, w), 0.5..1.
    """
    size = -(-mask.shape[0] // _STEP), -(-mask.shape[1] // _STEP)
    people = resize(mask, size) > 0.5
    for face in faces:
        people |= polygon_mask(size, face.landmarks[list(OVAL), :2] / _STEP) > 0
    unit = max(cheek_width(face) for face in faces) / _STEP
    distance = cv2.distanceTransform((~people).astype(np.uint8), cv2.DIST_L2, 5)
    band = max(_BAND * unit, _LEAST_BAND * size[1])
    share = 1.0 - smoothstep(distance, _RIGID * unit, _RIGID * unit + band)
    return single(gaussian(single(_WALL + (1.0 - _WALL) * share), 0.12 * band))


def _find_centre(faces: tuple[Face, ...], size: tuple[int, int]) -> Double:
    """The point (2,) that the camera comes nearer to: amid the faces, but with room for a way aside."""
    x, y = np.mean([0.5 * (face.box[:2] + face.box[2:]) for face in faces], 0)
    return np.array([np.clip(x, 0.3 * size[1], 0.7 * size[1]), np.clip(y, 0.0, size[0])], np.float64)
