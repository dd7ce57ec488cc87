"""Between finding faces and moving them: who may be animated. The pipeline asks; the answer comes from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipeline.arrays import Pixels

if TYPE_CHECKING:
    from pipeline.faces.finder import Face


@dataclass(frozen=True, slots=True)
class Admitted:
    """A face that may be animated; without a blink where its eyes are shut."""

    face: Face
    blink: bool = True


class Consent(Protocol):
    """What the person says of those on the photo; fields of a Wish."""

    @property
    def adult(self) -> bool: ...

    @property
    def archive(self) -> bool: ...


# (photo, the faces that are meant, the wish) → those that may be animated, at least one; raises FaceError
Gate = Callable[[Pixels, "Sequence[Face]", Consent], "tuple[Admitted, ...]"]


def everyone(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[Admitted, ...]:
    """A gate without a keeper: for benchmarks and tests of what comes after it."""
    return tuple(Admitted(face) for face in faces)
