"""Typography of the pages: short words and numbers stay with the next word, dashes with the word before."""

from __future__ import annotations

import re
from typing import Final

_TEXT: Final = re.compile(r">([^<>]*[а-яё][^<>]*)<", re.IGNORECASE)
"""Text between two tags; attributes stay as they are."""
_SHORT: Final = re.compile(
    r"(?<![\w-])(в|к|о|с|у|а|и|я|во|до|за|из|ко|на|не|ни|но|об|он|от|по|со|то|мы)[ \n]+",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(\d)[ \n](?=[а-яё])", re.IGNORECASE)
_PARTICLE: Final = re.compile(r"[ \n]+(?=(?:ли|же|бы|—)(?!\w))")
_SPACE: Final = "\u00a0"
_NAME: Final = "оживи фото"
"""What is said to the assistant stays on one line."""


def bind_words(page: str) -> str:
    """A page in HTML with no-break spaces where a line should not end."""
    return _TEXT.sub(lambda found: f">{_bind(found[1])}<", page)


def _bind(text: str) -> str:
    if len(text.split()) > 2:  # of two words each may have a line of its own, where both are too long for one
        text = _SHORT.sub(lambda found: found[1] + _SPACE, text)
    text = text.replace(_NAME, _NAME.replace(" ", _SPACE))
    return _PARTICLE.sub(_SPACE, _NUMBER.sub(lambda found: found[1] + _SPACE, text))
