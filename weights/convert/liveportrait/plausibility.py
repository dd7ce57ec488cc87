"""The plausibility of trained weights: what the net M says of a face obeys bounds that hold for all real faces.

A net that was read in the wrong order still gives the same numbers in torch and in onnxruntime, and loads strictly;
these bounds notice it, and weights of another net, too. Free of torch.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weights.convert.liveportrait.sizes import KEYPOINTS

# Of 1,151 frames of the published motion templates: 27 coordinates of the expression stay below 2.5e-4, each of the
# other 36 reaches 5e-3 somewhere; scale 1.10–1.69, shift up to 0.23. The face here is a drawn one: there is room.
_ALIVE_DEPTHS: Final = (10, 17, 19, 20)
_DEAD_POINTS: Final = (6, 8, 9, 12, 18)
_DEAD: Final = 1e-3
_ALIVE: Final = 1e-3  # the largest of 36 coordinates of one face
_SCALES: Final = (0.8, 2.2)
_SHIFT: Final = 0.5  # half crops
_AXES: Final = "xyz"

Values = NDArray[np.float32]


def find_oddities(expression: Values, scale: Values, translation: Values) -> tuple[str, ...]:
    """Sentences on what no face of the trained net M shows; none where all is plausible.

    Args:
        expression: Offsets of the keypoints, (n, 21, 3), of n faces.
        scale: Sizes of the heads, n values of any shape.
        translation: Shifts in half crops, (n, ≥ 2).
    """
    largest = np.abs(expression).max(axis=0)
    dead = dead_coordinates()
    odd = []
    moved = np.argwhere(dead & ~(largest <= _DEAD))
    if len(moved):
        names = ", ".join(f"{point}{_AXES[axis]}" for point, axis in moved[:4])
        odd.append(
            f"{len(moved)} of {dead.sum()} coordinates move that should rest ({names} …): up to {_most(largest[dead])}"
        )
    if not largest[~dead].max() >= _ALIVE:
        odd.append(f"no coordinate of the expression reaches {_ALIVE:g}: at most {_most(largest[~dead])}")
    if not (scale.min() >= _SCALES[0] and scale.max() <= _SCALES[1]):
        odd.append(f"the scale of a face is {float(scale.min()):.3g} to {float(scale.max()):.3g}, real ones 1.1 to 1.7")
    if not np.abs(translation[:, :2]).max() <= _SHIFT:
        odd.append(f"a face in the middle is shifted by {_most(np.abs(translation[:, :2]))}, real ones by 0.23 at most")
    return tuple(odd)


def dead_coordinates() -> NDArray[np.bool_]:
    """The coordinates (21, 3) of the expression that the trained net never moves."""
    dead = np.zeros((KEYPOINTS, 3), np.bool_)
    dead[:, 2] = True
    dead[list(_ALIVE_DEPTHS), 2] = False
    dead[list(_DEAD_POINTS)] = True
    return dead


def draw_face(side: int) -> Values:
    """A drawn face, framed as M wants it: (1, 3, side, side), RGB 0..1."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    picture = np.broadcast_to((0.35, 0.4, 0.45), (side, side, 3)).astype(np.float64)

    def paint(
        colour: tuple[float, ...], at: tuple[float, float], radii: tuple[float, float], edge: float = 0.08
    ) -> None:
        """Lay an ellipse with a soft edge over the picture; all in sides of it."""
        away = np.hypot((x - at[0]) / radii[0], (y - at[1]) / radii[1])
        share = np.clip((1.0 - away) / edge, 0.0, 1.0)[..., None]
        picture[:] = picture * (1.0 - share) + np.array(colour) * share

    skin, dark = (0.85, 0.66, 0.55), (0.22, 0.15, 0.12)
    paint((0.3, 0.35, 0.5), (0.5, 1.1), (0.48, 0.24))  # shoulders
    paint(dark, (0.5, 0.48), (0.25, 0.33))  # hair
    paint(skin, (0.5, 0.92), (0.11, 0.16))  # neck
    paint(skin, (0.5, 0.56), (0.2, 0.27), 0.2)
    for middle in (0.42, 0.58):
        paint(dark, (middle, 0.43), (0.055, 0.012), 0.6)
        paint((0.95, 0.95, 0.95), (middle, 0.48), (0.038, 0.017), 0.3)
        paint((0.2, 0.15, 0.12), (middle, 0.48), (0.016, 0.016), 0.3)
    paint((0.72, 0.52, 0.43), (0.5, 0.61), (0.035, 0.018), 0.8)
    paint((0.7, 0.33, 0.32), (0.5, 0.71), (0.07, 0.02), 0.5)
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)


def _most(values: Values | NDArray[Any]) -> str:
    """The largest of values, as text; not a number where one is none."""
    return f"{float(values.max()):.2g}"
