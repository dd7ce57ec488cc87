"""The movements that the page offers, each with a preview: the presets first, then the gestures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from skill.gesture_words import GESTURE_WORDS, label

STORY_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nostalgia": "Как в жизни",
        "gaze": "Взгляд",
        "warmth": "Улыбка",
        "laughter": "Смешинка",
        "greeting": "Приветствие",
        "blown-kiss": "Поцелуй",
        "tenderness": "Нежность",
        "wonder": "Удивление",
        "thought": "Раздумье",
        "mischief": "Подмигивание",
        "agreement": "Согласие",
        "idle": "Спокойно",
        "disagreement": "Несогласие",
        "pride": "Гордость",
        "sympathy": "Сочувствие",
        "doze": "Сон",
    }
)
"""Preset of `pipeline.limits.PRESETS` → its Russian name on the page."""
MOOD_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "turned": "Голова повернута: пусть оглянется на вас.",
        "smiling": "Лицо улыбается: пусть улыбнётся ещё.",
        "stern": "Взгляд строгий: пусть просто посмотрит на вас.",
        "old": "Снимок старый: пусть просто посмотрит на вас.",
        "": "Лицо спокойное: пусть двигается как в жизни.",
    }
)
"""Reason of a `pipeline.motion.mood.Mood` → the sentence that is said of it."""
PREVIEWED: Final = 12
"""Number of movements that have a preview; the others are offered by their names."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement that can be chosen by a tap."""

    kind: str
    """The field of a wish that it fills: "motion" or "gesture"."""
    name: str
    """The preset or the gesture."""
    label: str
    """Its Russian name."""

    @property
    def value(self) -> str:
        """The movement as one word, on the page and in the stream of previews: "gesture:smile"."""
        return f"{self.kind}:{self.name}"

    @property
    def motion(self) -> str:
        """The `motion` of a wish that asks for it."""
        return self.name if self.kind == "motion" else "nostalgia"

    @property
    def gestures(self) -> tuple[str, ...]:
        """The `gestures` of a wish that asks for it."""
        return (self.name,) if self.kind == "gesture" else ()


MOVEMENTS: Final = (
    *(Movement("motion", name, words) for name, words in STORY_LABELS.items()),
    *(Movement("gesture", name, label(name)) for name in GESTURE_WORDS),
)
"""All of them, in the order in which they are offered."""
