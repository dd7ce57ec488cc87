"""The gate between finding faces and moving them: the pipeline asks who may be animated, others answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipeline.arrays import Pixels

if TYPE_CHECKING:
    from pipeline.faces.finder import Face


@dataclass(frozen=True, slots=True)
class AdmittedFace:
    """A face that may be animated."""

    face: Face
    """The face as it was found."""
    blink: bool = True
    """Whether its lids may move; False where the eyes are shut on the photo."""


class Consent(Protocol):
    """The person's statements about those on the photo, fields of a `Wish`."""

    @property
    def adult(self) -> bool:
        """Whether the person says that everybody is an adult."""
        ...

    @property
    def archive(self) -> bool:
        """Whether the person consents to a child on an old photo."""
        ...


Gate = Callable[[Pixels, "Sequence[Face]", Consent], "tuple[AdmittedFace, ...]"]
"""(photo uint8 H×W×3, the faces that are meant, the wish) → those that may be animated, at least one; or FaceError."""


def admit_everyone(pixels: Pixels, faces: Sequence[Face], wish: Consent) -> tuple[AdmittedFace, ...]:
    """A gate that lets every face pass, for benchmarks and tests of what comes after it."""
    return tuple(AdmittedFace(face) for face in faces)
