"""Numbers and names shared by the warp's two renderers: OpenCV's for a CPU, the exported graph for a GPU.

Free of numpy and of everything else that is heavy, so that the exporter (`weights/convert/warp`) may import it as
well. A change here changes the graph, which must be exported anew then, see docs/warp.md.
"""

from __future__ import annotations

from typing import Final

from pipeline.motion.channels import FOLLOWERS

# Names by place: the graph knows its inputs' rows by their index only.
EXPRESSIONS: Final = (
    "smile", "brow", "breath", "widen", "smile_side", "brow_side", "jaw", "pucker", "frown", "inner_brow", "squint",
    "cheek",
)  # fmt: skip
"""Displacement fields of full expressions; each is a channel's name."""

DISPLACEMENTS: Final = (*EXPRESSIONS, *FOLLOWERS)
"""All displacement fields, in the order of the input `expressions`: of followers by one face width."""

SHADED_EXPRESSIONS: Final = ("smile", "brow", "frown", "squint")
"""Channels whose expression brings shadows."""

SHADES: Final = (*SHADED_EXPRESSIONS, "yaw", "pitch")
"""Relative gains, in the order of the input `shade`: of full expressions, and of sin(yaw) = 1, sin(pitch) = 1."""

HEAD_VALUES: Final = (
    "across_x", "across_y", "down_x", "down_y", "neck_x", "neck_y", "focal", "width", "step", "texture_scale",
)  # fmt: skip
"""The input `head`: unit axes of the face on the picture, the neck in them from the pivot (pixels), focal length and
face width (pixels), pixels a grid cell, pixels of the texture a photo pixel."""

EYE_VALUES: Final = (
    "centre_x", "centre_y", "axis_u_x", "axis_u_y", "axis_v_x", "axis_v_y", "width", "iris_u", "iris_v", "blink",
    "softness", "present", "box_left", "box_top", "openness",
)  # fmt: skip
"""A row of the input `eyes`, see `Contour` and `EyeMaps`; `present` is 1, or 0 for no eye."""

LID_CURVES: Final = ("upper", "lower", "travel", "rise", "top", "opening")
"""Curves along an eye, in the order of `EyeMaps.table`, see `Contour`."""

LID_SAMPLES: Final = 400
"""Samples of each of them over [-width, +width] along the eye."""

EYE_IMAGES: Final = (
    ("skin", 3), ("skin_soft", 3), ("grain_at", 1), ("grain", 3), ("ratio", 3), ("shut_lash", 3), ("rim", 1),
    ("glint", 3),
)  # fmt: skip
"""Pictures of an eye's box and their channels, in the order of the input `eye_images`, see `LidImages`."""

MOUTH_VALUES: Final = (
    "centre_x", "centre_y", "axis_u_x", "axis_u_y", "axis_v_x", "axis_v_y", "half_width", "gap", "reach_up",
    "reach_down", "feather", "red", "green", "blue", "box_left", "box_top",
)  # fmt: skip
"""The input `mouth`, see `Mouth`."""

LIP_SAMPLES: Final = 65
"""Samples of the line between the lips over [-1, +1] half widths along the mouth."""

# The whole face.
ITERATIONS: Final = 6  # of the backward field: the rest is < 0.03 px in natural frames, < 0.2 px at all limits
STILL: Final = 0.35  # pixels of displacement below which the photo itself shines through, at 0 alone
EDGE: Final = 20.0  # 1/0.05: from that much uncovered wall on, a pixel is composed of the two layers
EYE_MATTE: Final = (0.90, 0.995)  # of the matte: from the first on an eye is drawn, from the second on in full

# One eye. Lengths are in eye widths unless said, values of `blink` are 0..1.
LID_LAG: Final = 1.38  # at a blink b a lid has gone b − LID_LAG·b⁴·(1 − b) of its way, by half-shut eyes on film
# The lid leads beside the iris and lags over it, as it slides on a ball: by how much half-way, the share of the opening
# that does neither, and the share of the eye's widest opening from which on a place lags in full. Each eye goes by its
# own: the narrower one of two would shut sooner.
LID_ARC: Final = (0.9, 0.62, 0.79)
LEAST_OPENNESS: Final = 0.02  # eye widths: a divisor
LEAST_BLINK: Final = 0.004  # a lid that has moved less is not drawn
EYE_WINDOW: Final = (0.98, 0.88)  # half size along u and v of what is drawn; it fades with the eighth power
LEAST_FEATHER: Final = 0.6  # pixels: no edge is sharper
FEATHER: Final = 0.012  # softness of the lids' edges
UPPER_FEATHER: Final = 0.8  # … of the upper one also in units of the photo's own softness

# The eyeball follows the gaze inside a window around the iris, the lids' rims by a part only.
GAZE_WINDOW: Final = (0.62, 0.45)  # half size along u and v
GAZE_INSIDE: Final = ((0.0, 0.07), (-0.06, 0.0))  # from the upper lid on, up to the lower one
GAZE_SHARE: Final = (0.35, 0.65)  # of the movement: at the rims, and how much more inside
# Glints, in eye widths against the iris: by the sine of the head's turn, by the gaze, and the most. A cornea has its
# middle 5 mm before the eye's, whose iris is 12 mm before it, in an eye 30 mm wide: a glint goes 5/12 of the iris' way.
GLINT: Final = (0.23, 0.58, 0.07)
GLINT_INSIDE: Final = (0.0, 0.03)  # from either lid on
GLINT_REACH: Final = 0.32  # of the iris' middle: no glint, moved or not, lies farther
BALL_SHADOW: Final = 0.4  # of the light: shadow of the upper lid at its margin
BALL_SHADOW_RATE: Final = 2.5  # of it by blink
BALL_SHADOW_DEPTH: Final = 0.1  # how far down it falls to 1/e
BALL_SHADOW_OPENING: Final = 0.1  # at a narrower place of the eye it is weaker
BALL_DIM: Final = (0.2, 0.7, 0.2)  # of blink, over which lid and lashes shade the whole slit, and by how much

# The lower lid.
SQUINT: Final = (0.03, 0.05)  # by which a full smile, and a full squint, lift it
SQUINT_OPENING: Final = 0.3  # at a narrower place of the eye it lifts less
LOWER_LID_REACH: Final = 0.45  # below the margin, where the cheek stands still
LOWER_LID_OFFSET: Final = 0.01  # by which it is laid over the eyeball

# The upper lid.
COVER_OFFSET: Final = 0.035  # by which it is laid beyond its margin
COVER_TRAVEL: Final = 0.02  # travel from which on in full
SKIN_STRETCH: Final = (0.02, 0.40, 0.86, 1.0)  # of its height: where the skin stretches; brow end and margin stay rigid
# stretched pores and creases would become streaks: the stretched part is low-passed, fresh grain laid on it
FLAT: Final = 0.92  # of the skin's detail that is taken off
FLAT_TRAVEL: Final = 0.2  # travel from which on that much
FLAT_BEGIN: Final = (0.0, 0.36)  # of the lid's height: where it sets in
FLAT_END: Final = (0.999, 50.0)  # of the lid's height: where it ends, and how steeply
GRAIN_RATE: Final = 3.0  # of the fresh grain by blink
GRAIN_TRAVEL: Final = 0.6  # of the lid's travel, by which the grain goes along

# The photo's own lashes on the upper lid.
LASH_FADE: Final = (0.1, 0.75)  # of blink, over which they fade
LASH_FORESHORTENING: Final = (1.0, 0.25)  # by blink, and the least
LASH_DARKEST: Final = 0.03  # darkness is a factor on the skin's light
LASH_LIGHTEST: Final = (3.0, 12.0)  # its open value, and by how much blink lowers it, never below 1
LASH_CORE: Final = (0.03, 0.4)  # around the margin, and the share that does not fade there …
LASH_SHUT: Final = (0.55, 0.95)  # … before these blinks, over which the shut eye's lashes take their place

# Light on the lid that has come down, measured on 17 filmed people: h is the height above the margin in eye widths. It
# is dark above the lashes, grows lighter up to the bone below the brow, and has a soft fold.
LID_TRAVEL: Final = 0.15  # travel from which on in full
LID_LIGHT: Final = (0.11, 0.06, 0.30)  # of the light: gain, and the heights between which it grows
LID_SHADE: Final = (0.08, 0.075)  # loss above the margin, and the height over which it ends
LID_FOLD: Final = (0.03, 0.55, 0.08, 0.045)  # loss, height by the travel and added to it, half width

# The lashes of the shut eye hang below its margin; they point at the viewer first and turn down as it shuts, so that an
# eye that is half shut is seen below them.
SHUT_LASH_BLINK: Final = (0.05, 0.55)  # of blink, over which they appear
SHUT_LASH_LENGTH: Final = (0.2, 0.8)  # their length at first, and how much more when shut, by the square of blink
SHUT_LASH_TRAVEL: Final = 0.06  # travel from which on they appear in full

# Lips that part. Lengths are in pixels of the photo.
MOUTH_DARK: Final = (0.75, 0.5)  # of the dark between them: its light below the upper lip, and how much more below
LEAST_JAW: Final = 0.004  # lips that part by less are not drawn
