"""A restoration asked for by voice: it travels with a wish's movements, like a way of the camera."""

from __future__ import annotations

from typing import Final

from pipeline.limits import RESTORE_AUTO, RESTORE_OFF

_PREFIX: Final = "restore-"
RESTORED: Final = f"{_PREFIX}{RESTORE_AUTO}"
"""«Почини»: what is damaged is restored before the photo moves."""
UNRESTORED: Final = f"{_PREFIX}{RESTORE_OFF}"
"""«Верни как было»: the photo moves as it came."""


def restore_of(movement: str) -> str:
    """The restoration, as `pipeline.restore.wish.parse_restore` reads it, that a movement means; empty for others."""
    return movement.removeprefix(_PREFIX) if movement in {RESTORED, UNRESTORED} else ""
