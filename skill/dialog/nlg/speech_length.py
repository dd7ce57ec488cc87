"""The length of speech: how many seconds a text takes to say."""

from __future__ import annotations

import re
from typing import Final

SYLLABLES_A_SECOND: Final = 5.4  # an assistant's voice at its usual pace
LONGEST: Final = 12.0  # seconds of an answer, other than the rules and a code
LONGEST_RULES: Final = 10.0  # seconds of the rules, without the question after them

_PAUSE = re.compile(r"sil <\[(\d+)\]>")
_VOWELS = re.compile(r"[аеёиоуыэюя]", re.IGNORECASE)


def speech_seconds(tts: str) -> float:
    """Seconds of a spoken form: its syllables, and its pauses."""
    pauses = sum(map(int, _PAUSE.findall(tts))) / 1000
    return len(_VOWELS.findall(tts)) / SYLLABLES_A_SECOND + pauses
