"""Previews: small looping clips of one person, one for each movement, to choose a movement by."""

# ruff: noqa: PLC0415  (heavy imports come with the first preview)

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from pipeline.limits import AUTO, MAX_SECONDS

if TYPE_CHECKING:
    from pipeline.animate.base import PreparedFaces
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face
    from pipeline.motion.curves import Motion
    from pipeline.run import Prepared
    from pipeline.runtime import Runtime

PREVIEW_SIDE: Final = 180
"""Pixels of a preview's sides at most; a smaller part of the photo is not enlarged."""
PREVIEW_FPS: Final = 10
"""Frames a second of a preview."""
STORY_SECONDS: Final = 2.8
"""Seconds of a preview of a preset; a gesture takes what it needs, and at least SHORTEST_SECONDS."""
SHORTEST_SECONDS: Final = 2.4
"""Seconds of the shortest preview: a blink and a rest after it."""
_COMPOSED_FPS: Final = 30  # a rate that motions are composed at; of so many frames every third is drawn
_AROUND: Final = 1.8  # sides of the picture in those of the face's box
_CRF: Final = 32.0  # about 20 KB a preview; at 180 pixels 28 looks the same and takes twice as many bytes
_JPEG_QUALITY: Final = 80


@dataclass(frozen=True, slots=True)
class Window:
    """A square part of a photo."""

    left: int
    """Column of its left edge, in photo pixels."""
    top: int
    """Row of its upper edge, in photo pixels."""
    side: int
    """Pixels of its sides."""


class Previews:
    """Previews of the most prominent person of a prepared photo; its faces are analysed anew at their size, once.

    The warp draws them, also where another animator makes the clips: it is the one that is fast enough.

    Args:
        prepared: The photo, whose faces have passed the gate.
        runtime: Has the models person_segmentation, hand_detector and hand_landmarks.
        side: Pixels of their sides at most.
        folder: For files that live while a preview is made; None for the system's.
    """

    def __init__(
        self, prepared: Prepared, runtime: Runtime, side: int = PREVIEW_SIDE, folder: Path | None = None
    ) -> None:
        from pipeline.image_ops import resize

        admitted = prepared.admitted[0]
        self._runtime, self._blink, self._folder = runtime, admitted.blink, folder
        window = find_window(admitted.face, (prepared.pixels.shape[0], prepared.pixels.shape[1]))
        size = min(side, window.side) & ~1  # H.264 in 4:2:0 has no odd sizes
        part = prepared.pixels[window.top : window.top + window.side, window.left : window.left + window.side]
        self.pixels: Pixels = resize(part, (size, size)).astype(part.dtype)
        """The part of the photo that the previews show, uint8 S×S×3."""
        self._face = _place(admitted.face, window, size)
        self._everyone = [
            self._face if face is admitted.face else _place(face, window, size) for face in prepared.faces
        ]

    def still(self) -> bytes:
        """The first frame of every preview, as a JPEG file."""
        from PIL import Image

        from pipeline.output import provenance

        file = BytesIO()
        picture = Image.fromarray(self.pixels)
        picture.save(file, "JPEG", quality=_JPEG_QUALITY, comment=provenance.COMMENT.encode())
        return file.getvalue()

    def make(self, motion: str = AUTO, gestures: tuple[str, ...] = (), *, seed: int = 0) -> bytes:
        """The preview of a movement, as an MP4 file that loops without a seam.

        Args:
            motion: One of PRESETS, or AUTO.
            gestures: In the preset's place, as in a `Wish`.
            seed: As in a `Wish`.

        Raises:
            MotionError: There is no such movement.
        """
        from pipeline.motion.mood import read_mood
        from pipeline.output.mp4 import Mp4Writer

        chosen = read_mood(self.pixels, self._face).motion if motion == AUTO else motion
        composed = compose_preview(chosen, gestures, seed=seed)
        frames = self._faces.animate([composed if self._blink else composed.unblinking()])
        with TemporaryDirectory(prefix="preview-", dir=self._folder) as folder:
            path = Path(folder) / "clip.mp4"
            writer = Mp4Writer(path, PREVIEW_FPS, self.pixels.shape[1::-1], crf=_CRF, preset="veryfast", threads=1)
            try:
                for frame in frames:
                    writer.write(frame)
                writer.finish()
            finally:
                writer.close()
            return path.read_bytes()

    @cached_property
    def _faces(self) -> PreparedFaces:
        from pipeline.animate.warp.animator import WarpAnimator

        return WarpAnimator(self._runtime).prepare(self.pixels, [self._face], everyone=self._everyone)


def find_window(face: Face, photo_size: tuple[int, int]) -> Window:
    """The square around a person's head that previews show.

    Args:
        face: The person's face.
        photo_size: Height and width of the photo.
    """
    left, top, right, bottom = (float(edge) for edge in face.box)
    side = int(min(_AROUND * max(right - left, bottom - top), *photo_size))
    # hair is above the landmarks, and a chin needs less room than a forehead
    corner = (left + right - side) / 2, (top + bottom - side) / 2 - 0.06 * side
    x, y = (int(min(max(0.0, at), length - side)) for at, length in zip(corner, photo_size[::-1], strict=True))
    return Window(x, y, side)


def compose_preview(motion: str, gestures: tuple[str, ...], *, seed: int) -> Motion:
    """The motion of a preview, with the frames that it draws. Raises MotionError."""
    from pipeline.motion.compose import compose
    from pipeline.motion.gesture_plan import natural_seconds

    seconds = STORY_SECONDS
    if gestures:
        seconds = min(MAX_SECONDS, max(SHORTEST_SECONDS, natural_seconds(gestures)))
    frames = round(seconds * PREVIEW_FPS)
    composed = compose(motion, gestures, seconds=frames / PREVIEW_FPS, fps=_COMPOSED_FPS, seed=seed)
    return composed.every(_COMPOSED_FPS // PREVIEW_FPS)


def _place(face: Face, window: Window, size: int) -> Face:
    """A face in the pixels of the window scaled to `size` pixels."""
    import numpy as np

    from pipeline.faces.finder import Face

    scale = np.float32(size / window.side)
    corner = np.array([window.left, window.top], np.float32)
    landmarks = face.landmarks * scale
    landmarks[:, :2] = (face.landmarks[:, :2] - corner + 0.5) * scale - 0.5
    box = np.concatenate([landmarks[:, :2].min(0), landmarks[:, :2].max(0)])
    return Face(box, landmarks, face.pose, face.presence, face.score)
