"""Stories: motions by name, each a little scene of a look that leads, an expression and a rest, declared in this table.

Their Russian names are in `skill/movements.py`. Free of numpy, so that a wish is checked early.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

STORY_SECONDS: Final = 4.0
"""Length of the loop that the stories' seconds are written for; another loop stretches them."""


@dataclass(frozen=True, slots=True)
class Story:
    """A scene of STORY_SECONDS over the small drifts of somebody who sits quietly."""

    about: str
    """The story in English, for the command line's help and the docs."""
    lead: float = 0.0
    """Degrees of the look aside from which the person comes back to us; 0 for none."""
    cues: tuple[tuple[float, str], ...] = ()
    """(second, gesture as `parse_gesture` reads it)."""
    mood: Mapping[str, float] = field(default_factory=dict)
    """Channel → its height while the story lasts, beside the gestures; the seed chooses the side of a roll."""
    blinks: tuple[float, ...] = ()
    """Seconds of blinks that belong to no gesture."""


STORIES: Final[Mapping[str, Story]] = MappingProxyType(
    {
        "gaze": Story(
            "looks aside, comes back and rests the eyes on us",
            lead=8.5,
            cues=((1.9, "tilt:0.35"),),
            mood=MappingProxyType({"smile": 0.16, "brow": 0.1}),
        ),
        "warmth": Story(
            "comes back to us and smiles",
            lead=4.5,
            cues=((1.35, "smile"),),
            mood=MappingProxyType({"cheek": 0.25, "pitch": -0.6}),
        ),
        "laughter": Story(
            "laughs softly, with cheeks and shoulders",
            cues=((0.4, "smile"), (1.0, "nod:3:0.4:fast")),
            mood=MappingProxyType({"smile": 0.5, "jaw": 0.6, "cheek": 0.6, "squint": 0.4, "roll": 1.4}),
            blinks=(2.5,),
        ),
        "greeting": Story(
            "notices us, lifts the brows, nods and smiles",
            lead=6.0,
            cues=((1.15, "surprise:0.35"), (1.35, "nod:0.75"), (1.5, "smile:0.85")),
        ),
        "agreement": Story(
            "listens, then nods twice",
            lead=3.0,
            cues=((1.25, "nod:2"), (1.7, "smile:0.6")),
            mood=MappingProxyType({"squint": 0.2}),
        ),
        "disagreement": Story(
            "draws the brows together and shakes the head",
            cues=((0.75, "shake"),),
            mood=MappingProxyType({"frown": 0.45, "smile": -0.16}),
            blinks=(0.5,),
        ),
        "blown-kiss": Story(
            "looks at us and blows a kiss",
            lead=4.0,
            cues=((1.4, "kiss"),),
            mood=MappingProxyType({"smile": 0.1, "roll": 1.2}),
        ),
        "wonder": Story(
            "is surprised, and then pleased",
            lead=3.5,
            cues=((1.1, "surprise:0.9"), (2.0, "smile:0.6")),
        ),
        "thought": Story(
            "thinks, eyes up and aside, and comes back with an idea",
            cues=((0.35, "think"), (2.35, "smile:0.4")),
        ),
        "tenderness": Story(
            "leans the head and looks softly",
            cues=((1.5, "blink:slow"),),
            mood=MappingProxyType(
                {"roll": 3.4, "inner_brow": 0.32, "smile": 0.5, "cheek": 0.2, "squint": 0.25, "pitch": 0.8}
            ),
        ),
        "pride": Story(
            "lifts the chin and looks down on us kindly",
            lead=5.0,
            cues=((2.3, "nod:0.4:slow"),),
            mood=MappingProxyType({"pitch": -3.6, "smile": 0.36, "brow": 0.14, "squint": 0.2}),
        ),
        "sympathy": Story(
            "feels with us: inner brows up, a slow nod",
            cues=((1.5, "nod:2:0.35:slow"),),
            mood=MappingProxyType({"inner_brow": 0.6, "roll": 2.4, "pitch": 1.2, "smile": 0.1}),
            blinks=(0.9,),
        ),
        "mischief": Story(
            "gives us a wink, and half a smile",
            lead=4.5,
            cues=((1.6, "wink"), (1.75, "smile:0.55")),
        ),
        "doze": Story(
            "is sleepy: the eyes close slowly and open again",
            cues=((0.7, "close-eyes:slow"),),
            mood=MappingProxyType({"pitch": 2.2, "roll": 1.6, "blink_r": 0.16, "blink_l": 0.16}),
        ),
    }
)  # fmt: skip
"""Every story by the name that it has on the command line and in the API; besides there are `nostalgia` and `idle`,
which are drawn by functions of their own in `presets.py`."""

ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nostalgia": "looks around, turns the head, smiles a little and blinks",
        "idle": "does hardly more than breathe",
        **{name: story.about for name, story in STORIES.items()},
    }
)
"""Motion of `pipeline.limits.PRESETS` → the movement in English."""
