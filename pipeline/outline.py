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
