"""A restoration asked for by voice: it travels with a wish's movements, like a way of the camera."""

from __future__ import annotations

from typing import Final

from pipeline.errors import MotionError
from pipeline.limits import RESTORE_AUTO, RESTORE_OFF
from pipeline.restore.wish import parse_restore, spell_restore

_PREFIX: Final = "restore-"
_AND: Final = "+"  # a comma is what stands between movements
RESTORED: Final = f"{_PREFIX}{RESTORE_AUTO}"
"""«Почини»: what is damaged is restored before the photo moves."""
UNRESTORED: Final = f"{_PREFIX}{RESTORE_OFF}"
"""«Верни как было»: the photo moves as it came."""


def restore_of(movement: str) -> str:
    """The restoration, as `pipeline.restore.wish.parse_restore` reads it, that a movement means; empty for others."""
    wish = movement.removeprefix(_PREFIX).replace(_AND, ",")
    try:
        return spell_restore(wish) if movement.startswith(_PREFIX) else ""
    except MotionError:
        return ""


def movement_of(restore: str) -> str:
    """The movement that means a restoration, spelled as `Wish.restore`."""
    return f"{_PREFIX}{restore.replace(',', _AND)}"


def with_restoration(restore: str, other: str) -> str:
    """A restoration, spelled as `Wish.restore`, together with another one."""
    words = (*parse_restore(restore), *parse_restore(other))
    return spell_restore(",".join(words) or RESTORE_OFF)


def without_part(restore: str, part: str) -> str:
    """A restoration, spelled as `Wish.restore`, less one of its words."""
    return ",".join(word for word in parse_restore(restore) if word != part) or RESTORE_OFF
