"""The faces that a wish means: found, turned upright, chosen, numbered, and laid flat with the print they lie on."""

# ruff: noqa: PLC0415  (a step brings its own heavy imports, so that the first one begins at once)

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.arrays import Pixels
    from pipeline.faces.finder import Face
    from pipeline.gate import AdmittedFace, Gate
    from pipeline.run import Wish
    from pipeline.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ChosenFaces:
    """A photo, its faces, and those of them that a wish means."""

    whole: Pixels
    """The photo with all that is around a print, upright, uint8 H×W×3."""
    pixels: Pixels
    """The photo or the print on it, uint8 H×W×3; `whole` itself where nothing was cut out."""
    faces: tuple[Face, ...]
    """All faces of the photo or of its print, the most prominent first."""
    meant: tuple[Face, ...]
    """Those that the wish means."""
    numbers: tuple[int, ...]
    """Their places, counted from 1 at the left of the whole photo."""
    people: int
    """Number of the faces on the whole photo."""
    left_out: int
    """Faces that "all" would mean and that do not move, since there are more than MAX_ANIMATED_FACES."""

    def numbers_of(self, admitted: tuple[AdmittedFace, ...]) -> tuple[int, ...]:
        """The places of those who were admitted, of those who are meant."""
        known = {id(face): number for face, number in zip(self.meant, self.numbers, strict=True)}
        return tuple(known[id(one.face)] for one in admitted)


def choose_faces(pixels: Pixels, wish: Wish, runtime: Runtime, gate: Gate) -> ChosenFaces:
    """Find the faces of a photo, and choose those that a wish means.

    Args:
        pixels: The photo, uint8 H×W×3.
        wish: What is asked of it.
        runtime: Has the models of the faces.
        gate: Is asked about a face that hides itself, where no other is found.

    Raises:
        FaceError: There is no face, or not the one that is meant.
    """
    from pipeline.faces.finder import FaceFinder
    from pipeline.faces.print_choice import choose_print
    from pipeline.faces.selection import count_left_out

    whole, found = _find(pixels, wish, runtime)
    meant = _select(whole, found, wish, runtime, gate)
    left_out, numbers = count_left_out(found, choice_of(wish)), _number(found, meant)
    laid = choose_print(FaceFinder(runtime), whole, found, meant) if wish.straighten else None
    flat, faces, meant = laid or (whole, found, meant)
    return ChosenFaces(whole, flat, faces, meant, numbers, len(found), left_out)


def choice_of(wish: Wish) -> str | None:
    """The choice of faces that a wish makes, see `select_faces`."""
    from pipeline.motion.roles import name_faces

    return wish.face or name_faces(wish.gestures)


def enlarge_faces(
    faces: tuple[Face, ...], admitted: tuple[AdmittedFace, ...], before: Pixels, after: Pixels
) -> tuple[tuple[Face, ...], tuple[AdmittedFace, ...]]:
    """All faces, and those that move, of a photo that was enlarged.

    Args:
        faces: All faces on the photo as it was.
        admitted: Those that move.
        before: The photo as it was, H×W×3.
        after: The enlarged photo, H×W×3.
    """
    from pipeline.restore.enlarge import enlarge_face

    def place(face: Face) -> Face:
        return enlarge_face(face, before.shape, after.shape)

    places = {id(face): place(face) for face in faces}
    moving = tuple(replace(one, face=places.get(id(one.face)) or place(one.face)) for one in admitted)
    return tuple(places[id(face)] for face in faces), moving


def _find(pixels: Pixels, wish: Wish, runtime: Runtime) -> tuple[Pixels, tuple[Face, ...]]:
    """The photo as its faces stand upright on it, and all of them.

    Where nobody chose a turn, and no face is found on the photo as it is, one that lies on its side or stands on its
    head is turned.
    """
    from pipeline.faces.finder import FaceFinder
    from pipeline.faces.upright import find_upright

    finder = FaceFinder(runtime)
    if wish.turn:
        return pixels, finder.find(pixels)
    return find_upright(finder, pixels)


def _select(pixels: Pixels, faces: tuple[Face, ...], wish: Wish, runtime: Runtime, gate: Gate) -> tuple[Face, ...]:
    """The faces that are meant. Where none can be, a face that hides itself is refused for that reason."""
    from pipeline.errors import FaceError, Reason
    from pipeline.faces.finder import FaceFinder
    from pipeline.faces.hidden import refuse_hidden, refuse_masked, refuse_small
    from pipeline.faces.lost import refuse_lost
    from pipeline.faces.selection import select_faces

    def judge(face: Face) -> object:
        return gate(pixels, [face], wish)

    if not faces:
        places = FaceFinder(runtime).find_hidden(pixels)
        refuse_hidden(places, judge)
        refuse_lost(runtime, pixels)
        refuse_small(places)
    try:
        return select_faces(faces, choice_of(wish))
    except FaceError as error:
        if error.reason is Reason.FACE_TOO_SMALL:
            refuse_masked(faces, judge)
        raise


def _number(faces: tuple[Face, ...], meant: tuple[Face, ...]) -> tuple[int, ...]:
    """The numbers of those who are meant, counted from 1 at the left of the photo."""
    from pipeline.faces.selection import from_left

    places = {id(face): number for number, face in enumerate(from_left(faces), start=1)}
    return tuple(places[id(face)] for face in meant)
