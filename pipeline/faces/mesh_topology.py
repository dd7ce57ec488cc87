"""Landmark numbers of MediaPipe's 478-point mesh that several steps share."""

from __future__ import annotations

from typing import Final

# the face oval, clockwise from the top of the forehead
OVAL: Final[tuple[int, ...]] = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
    150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
FOREHEAD: Final = 10
CHIN: Final = 152
RIGHT_EAR: Final = 234  # the person's right: left on the picture
LEFT_EAR: Final = 454
RIGHT_EYE_OUTER: Final = 33
LEFT_EYE_OUTER: Final = 263
# the lids' contours, around the person's right and left eye
EYES: Final[tuple[tuple[int, ...], ...]] = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382),
)
