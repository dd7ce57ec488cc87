"""Landmark numbers of MediaPipe's face mesh: 468 points of the skin, then five of each iris.

Right and left are the person's, here and everywhere: the right eye lies at the left of an upright picture. MediaPipe
itself names the outputs of its model as they lie on the picture, the other way round.

Tables of measurements keep their numbers beside what was measured: the mean face, the pulls of an expression, the
points that a net was trained on.
"""

from __future__ import annotations

from typing import Final

SKIN_POINTS: Final = 468
"""Points of the mesh without the irises, the first ones."""
POINTS: Final = 478
"""All points."""

OVAL: Final[tuple[int, ...]] = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
    150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The face's outline, clockwise on the picture from the top of the forehead."""
FOREHEAD: Final = 10
CHIN: Final = 152
RIGHT_EAR: Final = 234
"""The outline's point before the right ear: the cheek's side."""
LEFT_EAR: Final = 454
EARLOBES: Final = (132, 361)
"""The outline's points beside the right and the left ear-lobe."""
NOSE_TIP: Final = 1
RIGHT_MOUTH_CORNER: Final = 61
LEFT_MOUTH_CORNER: Final = 291

RIGHT_EYE_OUTER: Final = 33
RIGHT_EYE_INNER: Final = 133
LEFT_EYE_INNER: Final = 362
LEFT_EYE_OUTER: Final = 263

# Margins of the lids from corner to corner, from the left to the right of the picture.
RIGHT_UPPER_LID: Final = (33, 246, 161, 160, 159, 158, 157, 173, 133)
RIGHT_LOWER_LID: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133)
LEFT_UPPER_LID: Final = (362, 398, 384, 385, 386, 387, 388, 466, 263)
LEFT_LOWER_LID: Final = (362, 382, 381, 380, 374, 373, 390, 249, 263)
EYES: Final[tuple[tuple[int, ...], ...]] = (
    (*RIGHT_UPPER_LID, *RIGHT_LOWER_LID[-2:0:-1]),
    (*LEFT_UPPER_LID, *LEFT_LOWER_LID[-2:0:-1]),
)
"""Contours of the right and the left eye, clockwise on the picture: the upper lid, then the lower lid back."""

RIGHT_IRIS: Final = (468, 469, 470, 471, 472)
"""The centre, then four points of the rim."""
LEFT_IRIS: Final = (473, 474, 475, 476, 477)
RIGHT_PUPIL: Final = RIGHT_IRIS[0]
LEFT_PUPIL: Final = LEFT_IRIS[0]
