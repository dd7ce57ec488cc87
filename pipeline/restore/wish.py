"""A wish for a restoration, read and spelled."""

from __future__ import annotations

from pipeline.errors import MotionError
from pipeline.limits import RESTORE_AUTO, RESTORE_OFF, RESTORE_PARTS


def parse_restore(text: str) -> tuple[str, ...]:
    """Read a wish for restoration: "off", or words with commas between them, "auto" and names of parts.

    Args:
        text: As it was typed.

    Returns:
        Its words, each once, "auto" first and the parts in the order of RESTORE_PARTS; none for "off".

    Raises:
        MotionError: It is no such wish.
    """
    words = {word.strip() for word in text.lower().split(",") if word.strip()}
    if words == {RESTORE_OFF}:
        return ()
    known = (RESTORE_AUTO, *RESTORE_PARTS)
    if words and words <= set(known):
        return tuple(word for word in known if word in words)
    choices = ", ".join((RESTORE_OFF, *known))
    raise MotionError(f"restore is some of {choices} (with commas between them; off alone), not {text!r}")


def spell_restore(text: str) -> str:
    """The wish as it is kept, one spelling for each meaning. Raises MotionError, which is a ValueError."""
    return ",".join(parse_restore(text)) or RESTORE_OFF
