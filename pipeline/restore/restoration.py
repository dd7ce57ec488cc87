"""The restoration of a photo by a wish: parts that are named, and those that a measure of the damage asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import cv2
import numpy as np

from pipeline.arrays import Pixels
from pipeline.image_ops import ellipse_kernel
from pipeline.limits import DEFAULT_LONG_SIDE, RESTORE_AUTO, RESTORE_PARTS
from pipeline.restore.defects import Defects, find_defects
from pipeline.restore.grain import HEAVY_GRAIN, calm_grain, measure_grain
from pipeline.restore.repair import repair_defects
from pipeline.restore.screen import Screen, find_screen, remove_screen
from pipeline.restore.tone import Tone, measure_tone, spread_tone
from pipeline.restore.wish import parse_restore

if TYPE_CHECKING:
    from pipeline.faces.finder import Face
    from pipeline.runtime import Runtime

_MEASURED_GRAIN: Final = 2.0
"""Least grain, levels of 255, that there is anything to be made calmer."""
_FADED_GRAIN: Final = 7.0
"""Grain as it will be seen, levels of 255, from which that of a faded photo is made calmer: spread tones show it, and
its measure is low where it is coarse. Twelve faded and grainy scans, 8 to 13, all came nearer to the truth."""
_SIDE: Final = 1600
"""Pixels of the longer side at which damage is measured: a large scan is measured as it is seen."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A photo after its restoration."""

    pixels: Pixels
    """uint8 H×W×3 RGB, of the photo's size unless it was enlarged; the photo itself where nothing was done."""
    parts: tuple[str, ...] = ()
    """What was done, of RESTORE_PARTS."""


class Damage:
    """The damage of a photo, each kind measured once, when it is asked for.

    Args:
        pixels: The photo as it came, uint8 H×W×3 RGB.
        faces: All faces that were found on it.
        runtime: Has the models; None where there are none, and what needs one is not done.
        long_side: Longest side that the restored photo may have, pixels.
    """

    def __init__(
        self,
        pixels: Pixels,
        faces: Sequence[Face] = (),
        runtime: Runtime | None = None,
        long_side: int = DEFAULT_LONG_SIDE,
    ) -> None:
        self.faces = faces
        """All faces of the photo, in its pixels."""
        self.runtime = runtime
        """Has the models, or None."""
        self.long_side = long_side
        """Longest side that the restored photo may have, pixels."""
        self._pixels = pixels

    @cached_property
    def grain(self) -> float:
        """The grain's standard deviation, levels of 255."""
        return measure_grain(self._seen)

    @cached_property
    def screen(self) -> Screen | None:
        """The screen of a printed picture, in pixels of the photo; None where there is none."""
        return find_screen(self._pixels)

    @cached_property
    def tone(self) -> Tone:
        """The tones; of a print without colour those of its defects don't count."""
        tone = measure_tone(self._seen)
        if tone.toned and not tone.faded and self.defects.ask_for_repair:
            height, width = self._seen.shape[:2]
            hidden = cv2.resize(self.defects.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA)
            tone = measure_tone(self._seen, cv2.dilate(hidden, ellipse_kernel(3)) > 0)
        return tone

    @property
    def seen_grain(self) -> float:
        """The grain as it would be seen where faded tones are spread, levels of 255."""
        return self.grain * (self.tone.gain if self.tone.faded else 1.0)

    @property
    def has_heavy_grain(self) -> bool:
        """Whether there is so much grain, as it would be seen, that it asks for being made calmer."""
        return self.seen_grain >= (_FADED_GRAIN if self.tone.faded else HEAVY_GRAIN)

    @property
    def is_old_print(self) -> bool:
        """Whether it has one hue or none, or is faded: lace and flowers of a new photo look like cracks to the net."""
        return self.tone.toned or self.tone.faded

    @cached_property
    def can_be_coloured(self) -> bool:
        """Whether it has people and no colour; never where there are no models."""
        return self.runtime is not None and bool(self.faces) and self.tone.toned

    @cached_property
    def can_be_enlarged(self) -> bool:
        """Whether its faces are small, and the net that enlarges them is there."""
        from pipeline.restore.enlarge import MODEL, can_enlarge  # noqa: PLC0415  (as `_colour`)

        if self.runtime is None or not can_enlarge(self.faces, self._pixels.shape, self.long_side):
            return False
        return self.runtime.has(MODEL)

    @cached_property
    def defects(self) -> Defects:
        """The defects of its surface; none without a runtime."""
        if self.runtime is None:
            return Defects(np.zeros(self._pixels.shape[:2], bool))
        return find_defects(self._pixels, self.faces, self.runtime)

    @cached_property
    def _seen(self) -> Pixels:
        share = _SIDE / max(self._pixels.shape[:2])
        if share >= 1:
            return self._pixels
        small = cv2.resize(self._pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        return np.asarray(small, dtype=np.uint8)


class _Part(NamedTuple):
    """A part of the restoration."""

    is_needed: Callable[[Damage], bool]
    """Whether the damage asks for it: it is done by "auto"."""
    is_possible: Callable[[Damage], bool]
    """Whether it would change anything: it is done where it is named."""
    restore: Callable[[Pixels, Damage], Pixels]
    """(the photo as the parts before have left it, uint8 H×W×3 RGB, its damage) → the photo without that damage."""


def _colour(pixels: Pixels, damage: Damage) -> Pixels:
    from pipeline.restore.colour import colour_photo  # noqa: PLC0415  (needs onnxruntime, which "off" and "auto" don't)

    if damage.runtime is None:
        return pixels
    seen = repair_defects(pixels, damage.defects.mask) if _PARTS["repair"].is_needed(damage) else None
    return colour_photo(damage.runtime, pixels, damage.faces, seen=seen)


def _denoise(pixels: Pixels, damage: Damage) -> Pixels:
    if damage.screen is None:
        return calm_grain(pixels)
    clean = remove_screen(pixels, damage.screen)
    return calm_grain(clean) if measure_grain(clean) >= HEAVY_GRAIN else clean


def _enlarge(pixels: Pixels, damage: Damage) -> Pixels:
    from pipeline.restore.enlarge import enlarge_photo  # noqa: PLC0415  (as `_colour`)

    if damage.runtime is None:
        return pixels
    return enlarge_photo(damage.runtime, pixels, damage.faces, damage.long_side)


# in the order of RESTORE_PARTS
_PARTS: Final[Mapping[str, _Part]] = MappingProxyType(
    {
        "repair": _Part(
            is_needed=lambda damage: damage.is_old_print and damage.defects.ask_for_repair,
            is_possible=lambda damage: bool(damage.defects.mask.any()),
            restore=lambda pixels, damage: repair_defects(pixels, damage.defects.mask),
        ),
        "denoise": _Part(
            is_needed=lambda damage: damage.screen is not None or damage.has_heavy_grain,
            is_possible=lambda damage: damage.screen is not None or damage.grain >= _MEASURED_GRAIN,
            restore=_denoise,
        ),
        "tone": _Part(
            is_needed=lambda damage: damage.tone.faded,
            is_possible=lambda damage: True,
            restore=lambda pixels, damage: spread_tone(pixels, damage.tone),
        ),
        "colour": _Part(
            is_needed=lambda damage: False,  # a guess is never made unasked
            is_possible=lambda damage: damage.can_be_coloured,
            restore=_colour,
        ),
        "enlarge": _Part(
            is_needed=lambda damage: False,  # it takes longer than all else together, and fine detail is a guess
            is_possible=lambda damage: damage.can_be_enlarged,
            restore=_enlarge,
        ),
    }
)


def restore_photo(
    pixels: Pixels,
    wish: str,
    faces: Sequence[Face] = (),
    runtime: Runtime | None = None,
    long_side: int = DEFAULT_LONG_SIDE,
) -> Restored:
    """Restore a photo; faces stay where they are, unless it is enlarged (`pipeline.restore.enlarge.enlarge_face`).

    Args:
        pixels: uint8 H×W×3 RGB.
        wish: See `parse_restore`. By "auto" a photo that is not damaged stays as it is, bit by bit.
        faces: All faces that were found on it.
        runtime: Has the models; without it the parts that need one do nothing.
        long_side: Longest side, pixels, up to which a photo may be enlarged.

    Raises:
        MotionError: There is no such wish.
    """
    words, damage = parse_restore(wish), Damage(pixels, faces, runtime, long_side)
    named = {part for part in words if part != RESTORE_AUTO and _PARTS[part].is_possible(damage)}
    needed = measure_damage(damage) if RESTORE_AUTO in words else ()
    parts = tuple(part for part in RESTORE_PARTS if part in named or part in needed)
    for part in parts:
        pixels = _PARTS[part].restore(pixels, damage)
    return Restored(pixels, parts)


def measure_damage(damage: Damage) -> tuple[str, ...]:
    """The parts, of RESTORE_PARTS, that the damage asks for and a restoration by "auto" does."""
    return tuple(part for part in RESTORE_PARTS if _PARTS[part].is_needed(damage))
