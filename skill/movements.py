"""The movements that the page offers: first the photo's own choice, then the presets and the gestures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.limits import AUTO, PRESETS
from skill.gesture_words import GESTURE_WORDS, label
from skill.story_words import STORY_NAMES

STORY_LABELS: Final = MappingProxyType({name: one.label for name, one in STORY_NAMES.items()})
"""Preset of `pipeline.limits.PRESETS` → its Russian name on the page."""
AUTO_LABEL: Final = "Наш выбор"
"""The Russian name of `pipeline.limits.AUTO`."""
MOOD_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "turned": "Голова повернута: пусть оглянется на вас.",
        "smiling": "Лицо улыбается: пусть улыбнётся ещё.",
        "stern": "Взгляд строгий: пусть просто посмотрит на вас.",
        "monochrome": "Снимок чёрно-белый: пусть просто посмотрит на вас.",
        "": "Лицо спокойное: пусть двигается как в жизни.",
    }
)
"""Reason of a `pipeline.motion.mood.Mood` → the sentence that is said of it."""
PREVIEWED: Final = 12
"""Number of movements that are shown at once; the others have their previews when they are looked for."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement that can be chosen by a tap."""

    kind: str
    """The field of a wish that it fills: "motion" or "gesture"."""
    name: str
    """AUTO, the preset or the gesture."""
    label: str
    """Its Russian name."""

    @property
    def value(self) -> str:
        """The movement as one word, on the page and in the stream of previews: "gesture:smile"."""
        return f"{self.kind}:{self.name}"

    @property
    def motion(self) -> str:
        """The `motion` of a wish that asks for it."""
        return self.name if self.kind == "motion" else PRESETS[0]

    @property
    def gestures(self) -> tuple[str, ...]:
        """The `gestures` of a wish that asks for it."""
        return (self.name,) if self.kind == "gesture" else ()


MOVEMENTS: Final = (
    Movement("motion", AUTO, AUTO_LABEL),
    *(Movement("motion", name, words) for name, words in STORY_LABELS.items()),
    *(Movement("gesture", name, label(name)) for name in GESTURE_WORDS),
)
"""All of them, in the order in which they are offered."""
