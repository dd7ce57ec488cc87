"""Templates of LivePortrait as curves: what the motion net said of a face, read back, so that the warp plays it, too.

The slopes are those of `expression.py` turned round, and what the published templates show beside their videos, see
docs/liveportrait.md. Only keypoints with one clear meaning are read: a net that is fitted to all of them does not
carry over to another person.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.animate.liveportrait.import_template import Template
from pipeline.animate.liveportrait.recording import turn_angles
from pipeline.arrays import Double
from pipeline.limits import MAX_SECONDS
from pipeline.motion.channels import CHANNELS, LIMITS
from pipeline.motion.curves import Motion
from pipeline.motion.donor import make_loop

_RIGHT_LID, _LEFT_LID = (11, 1), (15, 1)  # keypoint and axis that go down with a lid of the person's eye
_SHUT_STEP: Final = 0.0125  # way of that keypoint in a full blink: 0.008–0.020 on real faces
_RATIO_STEP: Final = 0.045  # the same for an openness of 1 less: 0.034–0.051
_SHUT_RATIO, _OPEN_SHARE = 0.05, 60  # openness of a shut eye; percentile of the frames that counts as open
_WIDEN_SHARE: Final = 0.22  # of its own opening that an eye is open wider at a full `widen`
_SEEN: Final = (0.5, 0.8)  # shares of its openness between which an eye's gaze comes to be believed
_GAZE_STEPS: Final = (0.027, 0.058)  # 11x and 15x for an eye width across
_FULL_GAP: Final = 0.2  # openness of the lips at a full `jaw`
_RIDGE: Final = 0.004  # offset that is taken for noise
# Expressions as the motion net's keypoints show them. A smile at seven tenths, shut and with teeth, is one `smile`.
_SHAPES: Final = {
    "smile": ((19, 1, -0.016), (14, 1, -0.009), (7, 0, 0.008), (20, 1, -0.0064), (7, 1, -0.006), (3, 0, -0.003)),
    "teeth": ((20, 1, -0.029), (14, 1, -0.017), (19, 1, -0.010), (3, 1, 0.009), (7, 0, 0.008)),
    "jaw": ((19, 1, 0.030), (14, 1, 0.008), (20, 2, 0.006)),
    "pucker": ((19, 1, 0.032), (20, 2, 0.016), (20, 1, 0.014), (7, 0, -0.012), (14, 1, 0.009)),
    "brow": ((2, 1, -0.011), (1, 1, 0.0025), (2, 0, 0.002)),
    "frown": ((2, 1, 0.0076), (1, 0, 0.003), (2, 0, -0.0024)),
}
_PLACES: Final = tuple(dict.fromkeys((point, axis) for shape in _SHAPES.values() for point, axis, _ in shape))


def make_template_motion(name: str, template: Template) -> Motion:
    """The loop of curves that a template's face makes: turns, lids, gaze across, brows, smile, pursed lips and jaw.

    The shift of its head is not read: it is the neck's for the most part, about which the warp turns a head itself.

    Args:
        name: The motion's name.
        template: The template.

    Raises:
        MotionError: It is shorter than a loop has to be.
    """
    values = [dict(zip(CHANNELS, row, strict=True)) for row in read_values(template)]
    seconds = min(template.recording.seconds, MAX_SECONDS)
    return make_loop(name, [*values, values[-1]], template.recording.fps, seconds=seconds, whole=True)


def read_values(template: Template) -> Double:
    """The curves' values of each frame, float64 (n, channels of CHANNELS), in the limits.

    They are relative to the first frame, which LivePortrait takes for the face at rest; lids to eyes that are open.
    """
    recording = template.recording
    moved = (recording.expression - recording.expression[0]).astype(np.float64)
    eyes = _find_eyes(template)
    rest = np.percentile(eyes, _OPEN_SHARE, 0)
    amounts = _fit_shapes(moved)
    curves = {
        **turn_angles(recording.rotation, recording.rotation[0]),
        **_read_lids(eyes, rest),
        **_read_gaze(moved, eyes, rest),
        "smile": amounts["smile"] + amounts["teeth"],
        "brow": amounts["brow"],
        "frown": amounts["frown"],
        "pucker": amounts["pucker"],
        "jaw": amounts["jaw"] if template.lips is None else (template.lips - template.lips[0]) / _FULL_GAP,
    }
    table = np.zeros((len(recording), len(CHANNELS)))
    for channel, curve in curves.items():
        table[:, CHANNELS.index(channel)] = np.clip(curve, *LIMITS[channel])
    return table


def _find_eyes(template: Template) -> Double:
    """Openness (n, 2) of the person's right and left eye; where the template does not tell it, of a usual eye."""
    if template.eyes is not None:
        return template.eyes.astype(np.float64)
    lids = np.stack([template.recording.expression[:, *place] for place in (_RIGHT_LID, _LEFT_LID)], 1)
    way = lids - np.percentile(lids, 100 - _OPEN_SHARE, 0)
    return np.asarray(_SHUT_RATIO + (_SHUT_STEP - way) / _RATIO_STEP, np.float64)


def _read_lids(eyes: Double, rest: Double) -> dict[str, Double]:
    """The curves of the lids, of the openness (n, 2) of eyes that are `rest` (2,) when they are open."""
    closed = np.clip((rest - eyes) / np.maximum(rest - _SHUT_RATIO, _SHUT_RATIO), 0.0, 1.0)
    wider = (eyes / np.maximum(rest, _SHUT_RATIO)).min(1) - 1.0
    return {"blink_r": closed[:, 0], "blink_l": closed[:, 1], "widen": wider / _WIDEN_SHARE}


def _read_gaze(moved: Double, eyes: Double, rest: Double) -> dict[str, Double]:
    """The gaze across, of the keypoints' ways (n, 21, 3), while an eye is open; up and down it hides in the lids."""
    right, left = _GAZE_STEPS
    low, high = _SEEN
    seen = np.clip(((eyes / np.maximum(rest, _SHUT_RATIO)).max(1) - low) / (high - low), 0.0, 1.0)
    return {"gaze_x": seen * (right * moved[:, 11, 0] + left * moved[:, 15, 0]) / (right**2 + left**2)}


def _fit_shapes(moved: Double) -> dict[str, Double]:
    """The amount of each expression in the keypoints' ways (n, 21, 3), each (n,): least squares with a ridge."""
    places = np.array(_PLACES)
    shapes = np.zeros((len(_SHAPES), len(_PLACES)))
    for row, shape in zip(shapes, _SHAPES.values(), strict=True):
        for point, axis, offset in shape:
            row[_PLACES.index((point, axis))] = offset
    ways = moved[:, places[:, 0], places[:, 1]]
    amounts = np.linalg.solve(shapes @ shapes.T + _RIDGE**2 * np.eye(len(shapes)), shapes @ ways.T)
    return dict(zip(_SHAPES, amounts, strict=True))
